import { chmod, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type NoteKind, noteEnvelope } from '../../lib/core/note.ts';
import type { VaultIndex } from '../../lib/core/vault.ts';
import { encodeNote } from '../../lib/vault/codec.ts';
import type { IndexPlace } from '../../lib/vault/note-index.ts';
import { readRepository } from '../../lib/vault/read-repository.ts';
import type { Vault } from '../../lib/vault/vault.ts';
import { makeFolder, makeRemote } from '../support/git.ts';
import { aWrite, openTestVault, put, remove } from '../support/vault.ts';

interface Priced {
  readonly id: string;
  readonly owner: string;
  readonly price: bigint;
  readonly at: Date;
}

let parsed = 0;
/** Parses since the loop last turned, and the most of all turns. */
let [thisTurn, mostInATurn] = [0, 0];

const schema = z
  .strictObject({ ...noteEnvelope.shape, price: z.string().transform(BigInt), at: z.string() })
  .transform(({ id, owner, price, at }): Priced => {
    parsed += 1;
    thisTurn += 1;
    mostInATurn = Math.max(mostInATurn, thisTurn);
    return { id, owner, price, at: new Date(at) };
  });
const priced: NoteKind<Priced> = {
  kind: 'priced',
  version: 1,
  path: /^agents\/([^/]+)\/priced\/[^/]+\/[^/]+\.md$/,
  schema,
  front: ({ id, owner, price, at }) => ({
    kind: 'priced',
    schema: 1,
    id,
    owner,
    price: price.toString(),
    at: at.toISOString(),
  }),
  body: ({ id }) => `# ${id}`,
};
/** Another kind at the same paths. */
const plainSchema = z.strictObject({ ...noteEnvelope.shape, kind: z.literal('plain') });
type Plain = z.output<typeof plainSchema>;
const plain: NoteKind<Plain> = {
  ...priced,
  kind: 'plain',
  schema: plainSchema,
  front: (data) => data,
  body: ({ id }) => id,
};
const kinds = [priced, plain];

const file = (owner: string, id: string) => `agents/${owner}/priced/2026-11/${id}.md`;
const text = (owner: string, id: string, price = 10n ** 20n) =>
  encodeNote(priced, { id, owner, price, at: new Date(1_000) });
const note = (owner: string, id: string, price?: bigint) => [file(owner, id), text(owner, id, price)] as const;

let folder = '';
let remote = '';
let indexDir = '';
let index: IndexPlace;
let removeFolder: () => Promise<void>;
let vault: Vault | undefined;

beforeEach(async () => {
  [folder, removeFolder] = await makeFolder();
  indexDir = path.join(folder, 'index');
  index = { folder: indexDir, code: 'c0de' };
  [parsed, thisTurn, mostInATurn] = [0, 0, 0];
});
afterEach(async () => {
  await vault?.close();
  await removeFolder();
});

async function begin(files: Readonly<Record<string, string>>): Promise<void> {
  remote = await makeRemote(folder, files);
  vault = await openTestVault(folder, remote, 'host', { kinds, index });
}

async function startAgain(): Promise<void> {
  await vault?.close();
  vault = await openTestVault(folder, remote, 'host', { kinds, index });
}

const MIXED = {
  ...Object.fromEntries([note('kk-a', 'one'), note('kk-a', 'two'), note('kk-b', 'three', 3n)]),
  [file('kk-b', 'plain')]: encodeNote<Plain>(plain, { kind: 'plain', schema: 1, id: 'plain', owner: 'kk-b' }),
  [file('kk-b', 'stolen')]: text('kk-a', 'stolen'),
  [file('kk-b', 'broken')]: 'no note\n',
  [file('kk-b', 'alien')]: text('kk-b', 'alien').replace('"priced"', '"alien"'),
  [file('kk-c', 'one')]: text('kk-a', 'one'),
};

const answers = (seen: VaultIndex) => ({
  head: seen.head,
  priced: seen.notes(priced),
  plain: seen.notes(plain),
  one: seen.note(priced, file('kk-a', 'one')),
  problems: seen.problems,
  text: seen.text(file('kk-a', 'one')),
});

/** What the files of the index are, by name. */
const indexFiles = async () => (await readdir(indexDir)).sort().map((name) => path.join(indexDir, name));

describe('the index of a vault on disk', () => {
  it('spares the next start and those who look all parsing, and amounts and times are what they were', async () => {
    await begin(MIXED);
    const before = answers((await vault?.read()) as VaultIndex);
    expect(before.priced.map(({ data }) => data.price)).toEqual([10n ** 20n, 10n ** 20n, 3n]);
    expect(before.problems.map(({ path: name, code }) => [path.basename(name), code])).toEqual([
      ['alien.md', 'vault/wrong-kind'],
      ['broken.md', 'vault/no-front-matter'],
      ['stolen.md', 'vault/wrong-owner'],
      ['one.md', 'vault/wrong-owner'],
    ]);
    await startAgain();
    parsed = 0;
    expect(answers((await vault?.read()) as VaultIndex)).toEqual(before);
    expect(answers(await readRepository(remote, { kinds, index }))).toEqual(before);
    expect(parsed).toBe(0);
    for (const name of await indexFiles()) expect((await stat(name)).mode & 0o777).toBe(0o600);
  });

  it('makes no difference to what is read: absent, stale, cut short, damaged, open to others, or of other code', async () => {
    await begin(MIXED);
    await vault?.read();
    await vault?.close();
    const whole = new Map(await Promise.all((await indexFiles()).map(async (f) => [f, await readFile(f)] as const)));
    const wanted = answers(await readRepository(remote));
    const harms: Readonly<Record<string, (name: string, bytes: Buffer) => Promise<void>>> = {
      none: async () => {},
      absent: (name) => rm(name),
      empty: (name) => truncate(name, 0),
      half: (name, bytes) => truncate(name, Math.floor(bytes.length / 2)),
      'half a line': (name, bytes) => truncate(name, bytes.length - 10),
      rubbish: (name) => writeFile(name, Buffer.alloc(5000, 0xff)),
      'a record of another': (name, bytes) =>
        writeFile(
          name,
          bytes.toString('latin1').replaceAll('100000000000000000000', '900000000000000000000'),
          'latin1',
        ),
      readable: (name) => chmod(name, 0o644),
    };
    for (const [name, harm] of Object.entries(harms)) {
      for (const [place, bytes] of whole) {
        await writeFile(place, bytes);
        await chmod(place, 0o600);
        await harm(place, bytes);
      }
      expect(answers(await readRepository(remote, { kinds, index })), name).toEqual(wanted);
      await startAgain();
      expect(answers((await vault?.read()) as VaultIndex), name).toEqual(wanted);
      await vault?.close();
    }
    const stricter = { ...priced, schema: schema.refine(({ price }) => price > 5n) };
    const changed = { folder: indexDir, code: 'other' };
    const seen = await readRepository(remote, { kinds: [stricter, plain], index: changed });
    expect(seen.notes(stricter).map(({ data }) => data.id)).toEqual(['one', 'two']);
  });

  it('is read while it is written: what is not in it yet is read from git', async () => {
    await begin(MIXED);
    await vault?.read();
    await startAgain();
    await vault?.read();
    const write = aWrite(
      'kk-a',
      put(...note('kk-a', 'two', 22n)),
      put(...note('kk-a', 'new', 23n)),
      remove(file('kk-a', 'one')),
    );
    await vault?.write(write);
    await vault?.landed(write.id);
    parsed = 0;
    const seen = await readRepository(remote, { kinds, index });
    expect(seen.notes(priced, 'kk-a').map(({ data }) => [data.id, data.price])).toEqual([
      ['new', 23n],
      ['two', 22n],
    ]);
    expect(parsed).toBe(2);
  });

  it('is bounded by what the newest head has, however often notes are rewritten', async () => {
    const ids = Array.from({ length: 40 }, (_, at) => `n${at}`);
    await begin(Object.fromEntries(ids.map((id) => note('kk-a', id))));
    for (let round = 0; round < 60; round++) {
      await vault?.write(aWrite('kk-a', ...ids.map((id) => put(...note('kk-a', id, BigInt(round))))));
      await vault?.read();
    }
    await vault?.close();
    const bytes = async () => {
      const sizes = await Promise.all((await indexFiles()).map(async (name) => (await stat(name)).size));
      return sizes.reduce((sum, size) => sum + size, 0);
    };
    const left = await bytes();
    await rm(indexDir, { recursive: true });
    await startAgain();
    await vault?.read();
    await vault?.close();
    const needed = await bytes();
    expect(parsed).toBeGreaterThan(60 * ids.length);
    // What is left is of the versions since the last sweep, which comes after a thousand of both kinds.
    expect(left).toBeLessThan(needed * 20);
    await startAgain();
    await vault?.read();
    expect(await bytes()).toBe(needed);
  });

  it('drops at the start what it has of kinds that are no more and of other code, and leaves the files of others', async () => {
    await begin(MIXED);
    await vault?.read();
    await vault?.close();
    await writeFile(path.join(indexDir, 'signatures.records'), '');
    await writeFile(path.join(indexDir, 'notes-2-plain-1-0ld.records'), '');
    vault = await openTestVault(folder, remote, 'host', { kinds: [plain], index });
    expect((await readdir(indexDir)).map((name) => name).sort()).toEqual([
      'notes-2-plain-1-c0de.records',
      'signatures.records',
    ]);
  });
});

describe('reading thousands of notes', () => {
  it('gives the event loop its turns', async () => {
    const files = Array.from({ length: 1000 }, (_, at) => note(`kk-${at % 20}`, `n${at}`));
    await begin(Object.fromEntries(files));
    let turns = 0;
    let isDone = false;
    const turn = (): void => {
      turns += 1;
      thisTurn = 0;
      if (!isDone) setImmediate(turn);
    };
    setImmediate(turn);
    const read = await vault?.read();
    isDone = true;
    expect(parsed).toBe(1000);
    expect(mostInATurn).toBeLessThanOrEqual(64);
    expect(turns).toBeGreaterThan(1000 / 64);
    parsed = 0;
    expect(read?.notes(priced)).toHaveLength(1000);
    expect(parsed).toBe(0);
  });
});
