import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { unitDocument } from '../../../../infra/unit-document.ts';
import { createProgram } from '../../../../scripts/program.ts';
import { countCalls, type Project, wrongCalls } from '../../../support/named-commands.ts';

const read = (path: string): string | undefined => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);
const packageFile = z.looseObject({ scripts: z.record(z.string(), z.string()) });
const scriptsOf = (path: string): ReadonlySet<string> =>
  new Set(Object.keys(packageFile.parse(JSON.parse(read(path) ?? '')).scripts));
const filesOf = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`);

/** What kk-units takes, as its source compares it. */
const unitVerbs = new Set(
  [...(read('infra/host/kk-units') ?? '').matchAll(/(arguments(?:\[(\d)\])?|action) == \[?"(\w+)"/g)].map(
    ([, name, place, verb]) => (name === 'action' || place === '1' ? `do ${verb}` : `${verb}`),
  ),
);
const project: Project = {
  program: createProgram(() => async () => undefined, 'state'),
  scripts: scriptsOf('package.json'),
  infraScripts: scriptsOf('infra/package.json'),
  unitVerbs,
  read,
};

const files = [
  ...['README.md', '.ci/run', 'infra/README.md', 'infra/fleet.example.yaml', 'infra/user-data.ts'],
  ...['docker', '.github/workflows', 'infra/host', 'infra/launcher', 'vault'].flatMap(filesOf),
];

describe('what is named outside the program', () => {
  it('is there', () => {
    const wrong = files.map((file) => [file, wrongCalls(file, read(file) ?? '', project)] as const);
    expect(wrong.filter(([, calls]) => calls.length > 0)).toEqual([]);
  });

  it('as what an operator may ask of a host is there', () => {
    const { parameters, mainSteps } = unitDocument;
    const [command] = mainSteps[0].inputs.runCommand;
    const asked = parameters.action.allowedValues.map((action) => command.replace("'{{ action }}'", action));
    expect(wrongCalls('unit-document', asked.join('\n'), project)).toEqual([]);
    expect(countCalls('unit-document', asked.join('\n'))).toBe(2 * asked.length);
  });

  it('is found at all', () => {
    expect(unitVerbs).toEqual(new Set(['sync', 'run', 'do', 'do sync', 'do restart', 'do status']));
    const counts = new Map(files.map((file) => [file, countCalls(file, read(file) ?? '')]));
    for (const file of ['README.md', '.ci/run', 'docker/Dockerfile', 'docker/compose.yaml', 'infra/host/kk-units']) {
      expect(counts.get(file), file).toBeGreaterThan(0);
    }
    expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(150);
  });
});

describe('a call of something that is not there', () => {
  it.each([
    ['a command', 'a.md', 'run `swarm-ops statusses --json`'],
    ['a command of a command', 'a.md', 'run `npx swarm-ops keys pull`'],
    ['an option', 'a.yaml', '# then: npx swarm-ops deploy --immage TAG'],
    ['an option of another command', 'a.md', '```\nswarm-ops trades --yes\n```'],
    ['a command in a list', 'a.md', '`docker compose exec steward swarm-ops status`, and `health`, `tradess`'],
    ['a health check', 'Dockerfile', 'CMD ["/usr/local/bin/node", "/app/scripts/swarm-ops.js", "local-check"]'],
    ['what a container runs', 'compose.yaml', 'services: { a: { command: [local-chains] } }'],
    ['what a person runs in a container', 'a.md', '`docker compose run --rm setup local-setup --shows person`'],
    ['what a bundled program starts quickly', 'a.js', "if (process.argv[2] === 'beat-chek') await 1;"],
    ['a script of the package', 'a.md', '`npm run bench:hub` and `bench:hubs`'],
    ['a script of infra', 'a.yml', '- run: npm run --prefix infra test'],
    ['a verb of CDKTF', 'a.md', '`npx cdktf undeploy`'],
    ['a verb of the host', 'a.service', 'ExecStart=/usr/local/sbin/kk-units start %i'],
    ['a file of the host', 'a.service', 'After=kk-fire.service'],
    ['a script', '.ci/run', 'npx tsx scripts/compile-contract.ts --check'],
    ['an option of a script', '.ci/run', 'npx tsx scripts/build/contracts.ts --chekk'],
  ])('is an error: %s', (_, file, text) => {
    expect(wrongCalls(file, text, project)).toHaveLength(1);
  });
});
