// Run as a child process: reads the vault in a repository, all its pages, and prints as JSON how many files of an honest agent
// it found, what was reported, and the most memory that this process had, in MiB. Argument: the repository.
import { readRepository } from '../../lib/vault/read-repository.ts';

const [repository = ''] = process.argv.slice(2);
const seen = await readRepository(repository);
const honest = Array.from({ length: 100 }, (_, at) => seen.text(`agents/kk-a/trades/2026-11/${at}.md`));
process.stdout.write(
  JSON.stringify({
    honest: honest.filter((text) => text === 'a trade\n').length,
    problems: seen.problems.map(({ path, code }) => `${code} ${path}`),
    peakMebibytes: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
);
