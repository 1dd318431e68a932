// Measures what reading a vault costs beside hostile owners: npm run --silent bench:vault -- --owners 500 --notes 50000 --hostile 10.
// Prints one JSON object: for a one-time reader and for a live vault's first reading, with and without the hostile owners, the
// time and this process's processor time in milliseconds and the peak memory over an empty process in MiB, and the ratios of both.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import { execa } from 'execa';
import { z } from 'zod';
import { gitEnvironment } from '../../lib/core/git-environment.ts';
import { type NoteKind, noteEnvelope } from '../../lib/core/note.ts';
import { encodeNote } from '../../lib/vault/codec.ts';
import { readRepository } from '../../lib/vault/read-repository.ts';
import { openVault } from '../../lib/vault/vault.ts';

type File = readonly [path: string, content: string | { readonly like: string }];

const KIB = 1024;
const schema = z.strictObject({ ...noteEnvelope.shape, title: z.string(), amount: z.string() });
type Bench = z.output<typeof schema>;
/** Two kinds at the same paths, as a trade's two sides are. */
const kinds: readonly NoteKind<Bench>[] = ['bench', 'other'].map((kind) => ({
  kind,
  version: 1,
  path: /^agents\/([^/]+)\/trades\/[^/]+\/[^/]+\.md$/,
  schema,
  front: (data) => ({ ...data }),
  body: ({ title }) => `# ${title}\n\n${'words for people '.repeat(40)}`,
}));

const result = z.object({
  ms: z.number(),
  cpuMs: z.number(),
  peakMib: z.number(),
  notes: z.number(),
  problems: z.number(),
});
type Result = z.output<typeof result>;

const program = new Command('bench:vault')
  .option('--owners <count>', 'honest owners', '500')
  .option('--notes <count>', 'their notes', '50000')
  .option('--hostile <count>', 'owners over their bounds, each in one of five ways', '10')
  .option('--measure <what...>', 'internal: empty, once or live, and a repository')
  .parse();
const options = program.opts<{ owners: string; notes: string; hostile: string; measure?: readonly string[] }>();
const [owners, notes, hostile] = [Number(options.owners), Number(options.notes), Number(options.hostile)];

if (options.measure === undefined) await compare();
else process.stdout.write(JSON.stringify(await measure(options.measure[0] ?? '', options.measure[1] ?? '')));

async function compare(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kk-bench-vault-'));
  try {
    const [honest, flooded] = [join(folder, 'honest.git'), join(folder, 'flooded.git')];
    await makeRepository(honest, honestFiles());
    await makeRepository(flooded, [honestFiles(), ...Array.from({ length: hostile }, (_, at) => hostileFiles(at))]);
    const empty = await run('empty', honest);
    const readers: Record<string, unknown> = {};
    for (const reader of ['once', 'live']) {
      const [without, beside] = [await run(reader, honest), await run(reader, flooded)];
      const over = (one: Result): number => one.peakMib - empty.peakMib;
      readers[reader] = {
        without: { ...without, peakMib: over(without) },
        beside: { ...beside, peakMib: over(beside) },
        ratio: {
          time: round2(beside.ms / without.ms),
          cpu: round2(beside.cpuMs / without.cpuMs),
          memory: round2(over(beside) / over(without)),
        },
        honestNotesMissing: without.notes - beside.notes,
      };
    }
    const sizes = { owners, notes, hostile, emptyMib: empty.peakMib };
    process.stdout.write(
      `${JSON.stringify({ apiVersion: 'karmakadabra/v1', kind: 'VaultBench', ...sizes, readers })}\n`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Measures in a process of its own. */
async function run(what: string, repository: string): Promise<Result> {
  const args = ['--import', 'tsx', import.meta.filename, '--measure', what, repository];
  const { stdout } = await execa(process.execPath, args, { stderr: 'inherit' });
  return result.parse(JSON.parse(stdout));
}

async function measure(what: string, repository: string): Promise<Result> {
  const started = performance.now();
  const found =
    what === 'empty' ? { notes: 0, problems: 0 } : await (what === 'once' ? readOnce : readLive)(repository);
  const { user, system } = process.cpuUsage();
  const ms = Math.round(performance.now() - started);
  const peakMib = Math.round(process.resourceUsage().maxRSS / KIB);
  return { ...found, ms, cpuMs: Math.round((user + system) / 1000), peakMib };
}

async function readOnce(repository: string): Promise<Pick<Result, 'notes' | 'problems'>> {
  return countOf(await readRepository(repository, { kinds }));
}

async function readLive(repository: string): Promise<Pick<Result, 'notes' | 'problems'>> {
  const folder = await mkdtemp(join(tmpdir(), 'kk-bench-live-'));
  const [workTree, spoolDir] = [join(folder, 'vault'), join(folder, 'spool')];
  const index = { folder: join(folder, 'index'), code: 'bench' };
  const vault = await openVault({ workTree, spoolDir, remoteUrl: repository, hasFiles: false, kinds, index });
  try {
    return countOf(await vault.read());
  } finally {
    await vault.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function countOf(index: Awaited<ReturnType<typeof readRepository>>): Pick<Result, 'notes' | 'problems'> {
  const found = kinds.flatMap((kind) => index.notes(kind));
  return { notes: found.filter(({ path }) => path.startsWith('agents/kk-h')).length, problems: index.problems.length };
}

async function makeRepository(repository: string, files: Iterable<File> | readonly Iterable<File>[]): Promise<void> {
  await mkdir(repository);
  await execa('git', ['init', '--quiet', '--bare', '--initial-branch', 'main', repository]);
  const child = spawn('git', ['fast-import', '--quiet'], {
    cwd: repository,
    env: gitEnvironment(process.env),
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const closed = once(child, 'close');
  const lists = Array.isArray(files) ? (files as readonly Iterable<File>[]) : [files as Iterable<File>];
  await pipeline(Readable.from(streamOf(lists)), child.stdin);
  const [code]: unknown[] = await closed;
  if (code !== 0) throw new Error(`git fast-import ended with ${String(code)}`);
}

/** What `git fast-import` reads: one commit with all files. */
function* streamOf(lists: readonly Iterable<File>[]): Generator<string> {
  yield 'commit refs/heads/main\ncommitter bench <bench@x> 1700000000 +0000\ndata 5\nbench\n';
  for (const files of lists) {
    let [shared, mark] = ['', ''];
    for (const [path, content] of files) {
      if (typeof content === 'string')
        yield `M 100644 inline ${path}\ndata ${Buffer.byteLength(content)}\n${content}\n`;
      else {
        if (shared !== content.like) {
          // A blob can't be defined within a commit: its first path has it inline, the others copy that path.
          yield `M 100644 inline ${path}\ndata ${content.like.length}\n${content.like}\n`;
          [shared, mark] = [content.like, path];
        } else yield `C ${mark} ${path}\n`;
      }
    }
  }
}

function* honestFiles(): Generator<File> {
  const [kind, other] = kinds;
  if (kind === undefined || other === undefined) throw new Error('there are two kinds');
  for (let at = 0; at < notes; at++) {
    const owner = `kk-h${at % owners}`;
    const data: Bench = { kind: 'bench', schema: 1, id: `n${at}`, owner, title: `Note ${at}`, amount: String(at) };
    const text = at % 2 === 0 ? encodeNote(kind, data) : encodeNote(other, { ...data, kind: 'other' });
    yield [`agents/${owner}/trades/2026-11/${at}.md`, text];
  }
}

/** One owner over its bounds. */
function* hostileFiles(at: number): Generator<File> {
  const owner = `kk-e${at}`;
  const path = (id: number, folder = 'trades/2026-11/'): string => `agents/${owner}/${folder}${id}.md`;
  const head = `kind: "bench"\nschema: 1\nid: "x"\nowner: "${owner}"\n`;
  const note = (front: string): string => `---\n${front}---\n`;
  switch (at % 5) {
    case 0: {
      const like = note(`${head}title: "${'x'.repeat(254 * KIB)}"\namount: "1"\n`);
      for (let id = 0; id < 4_000; id++) yield [path(id), { like }];
      return;
    }
    case 1: {
      const keys = Array.from({ length: 2_400 }, (_, key) => key.toString(36)).join(', ');
      for (let id = 0; id < 2_000; id++)
        yield [path(id), note(`id: ${id}\nx: {${id % 2 === 0 ? keys : keys.slice(0, 3_000)}}\n`)];
      return;
    }
    case 2:
      for (let id = 0; id < 400; id++) {
        const [deep, wide] = ['['.repeat(120 * KIB) + ']'.repeat(120 * KIB), `[${'[],'.repeat(80 * KIB)}${id}]`];
        yield [path(id), note(`${head}title: ${id % 2 === 0 ? deep : wide}\namount: "${id}"\n`)];
      }
      return;
    case 3:
      for (let id = 0; id < 400; id++) yield [path(id, ''), `${id} ${'y'.repeat(255 * KIB)}`];
      return;
    default:
      for (let id = 0; id < 100_000; id++) yield [path(id), `${id}`];
  }
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
