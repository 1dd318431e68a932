import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type NoteKind, noteEnvelope } from '../../lib/core/note.ts';
import { encodeNote } from '../../lib/vault/codec.ts';
import type { Vault } from '../../lib/vault/vault.ts';
import { clonePerson, makeFolder, makeRemote, pushFiles } from '../support/git.ts';
import { append, aWrite, openTestVault, put, remove, until } from '../support/vault.ts';

const schema = z.strictObject({ ...noteEnvelope.shape, value: z.number().int() });
type Sample = z.infer<typeof schema>;
const kindOf = (kind: string): NoteKind<Sample> => ({
  kind,
  version: 1,
  path: /^agents\/([^/]+)\/samples\/[^/]+\/[^/]+\.md$/,
  schema,
  front: (data) => data,
  body: (data) => `# ${data.id}`,
});
const sample = kindOf('sample');
const note = (owner: string, id: string, value = 1) =>
  encodeNote(sample, { kind: 'sample', schema: 1, id, owner, value });
const file = (owner: string, id: string, month = '2026-11') => `agents/${owner}/samples/${month}/${id}.md`;

let folder = '';
let remote = '';
let removeFolder: () => Promise<void>;
let vault: Vault;

beforeEach(async () => {
  [folder, removeFolder] = await makeFolder();
});
afterEach(async () => {
  await vault.close();
  await removeFolder();
});

async function open(files: Readonly<Record<string, string>> = {}): Promise<void> {
  remote = await makeRemote(folder, files);
  vault = await openTestVault(folder, remote);
}

const ids = async (owner?: string) => (await vault.read()).notes(sample, owner).map(({ data }) => data.id);

describe('the reader', () => {
  it('shows a write at once, before it landed and after, exactly once', async () => {
    await open({ 'agents/kk-a/log/l.md': 'zero\n' });
    for (let beat = 0; beat < 10; beat++) {
      const write = aWrite(
        'kk-a',
        put(file('kk-a', `n${beat}`), note('kk-a', `n${beat}`)),
        append('agents/kk-a/log/l.md', `${beat}\n`),
      );
      await vault.write(write);
      expect((await ids('kk-a')).length).toBe(beat + 1);
      const log = (await vault.read()).text('agents/kk-a/log/l.md');
      expect(log).toBe(`zero\n${Array.from({ length: beat + 1 }, (_, line) => `${line}\n`).join('')}`);
      if (beat % 3 === 0) await vault.landed(write.id);
    }
  });

  it('gives an index that stays as it is while the vault moves on', async () => {
    await open({ [file('kk-a', 'x')]: note('kk-a', 'x', 1) });
    const before = await vault.read();
    const write = aWrite(
      'kk-a',
      put(file('kk-a', 'x'), note('kk-a', 'x', 2)),
      put(file('kk-a', 'y'), note('kk-a', 'y')),
    );
    await vault.write(write);
    await vault.landed(write.id);
    expect(before.notes(sample).map(({ data }) => data.value)).toEqual([1]);
    const after = await vault.read();
    expect(after.notes(sample).map(({ data }) => data.value)).toEqual([2, 1]);
    expect(after.note(sample, file('kk-a', 'x'))?.data.value).toBe(2);
    expect(after.head).not.toBe(before.head);
    const gone = aWrite('kk-a', remove(file('kk-a', 'x')));
    await vault.write(gone);
    expect((await vault.read()).note(sample, file('kk-a', 'x'))).toBeUndefined();
  });

  it('orders notes by path and finds them by owner, and shares one index and each parsed note', async () => {
    await open({
      [file('kk-b', '1')]: note('kk-b', '1'),
      [file('kk-a', '2', '2026-12')]: note('kk-a', '2'),
      [file('kk-a', '3')]: note('kk-a', '3'),
    });
    expect(await ids()).toEqual(['3', '2', '1']);
    expect(await ids('kk-a')).toEqual(['3', '2']);
    expect(await ids('kk-none')).toEqual([]);
    expect(await vault.read()).toBe(await vault.read());
    const [first] = (await vault.read()).notes(sample);
    const write = aWrite('kk-b', put('agents/kk-b/state.md', 'x\n'));
    await vault.write(write);
    await vault.landed(write.id);
    expect((await vault.read()).notes(sample)[0]).toBe(first);
  });

  it('sees what others push', async () => {
    await open();
    const person = await clonePerson(folder, remote, 'ana');
    await pushFiles(person, { [file('kk-z', 'far')]: note('kk-z', 'far'), 'people/ana.md': 'hi\n' });
    await until('it is read', async () => (await ids('kk-z')).includes('far'));
    expect((await vault.read()).text('people/ana.md')).toBe('hi\n');
  });

  it('reports what does not parse by name, and reads the rest', async () => {
    await open({
      [file('kk-a', 'good')]: note('kk-a', 'good'),
      [file('kk-a', 'stolen')]: note('kk-b', 'stolen'),
      [file('kk-a', 'js')]: '---js\nprocess.exit(1)\n---\n',
      [file('kk-a', 'huge')]: note('kk-a', 'huge') + 'x'.repeat(300_000),
      [file('kk-a', 'other')]: note('kk-a', 'other').replace('"sample"', '"second"'),
      [file('kk-a', 'alien')]: note('kk-a', 'alien').replace('"sample"', '"alien"'),
      [file('kk-a', 'good.people-01234567')]: note('kk-a', 'copy'),
    });
    const index = await vault.read();
    expect(index.notes(sample).map(({ data }) => data.id)).toEqual(['good']);
    expect(index.notes(kindOf('second')).map(({ data }) => data.id)).toEqual(['other']);
    expect(index.problems.map(({ path, code }) => [path.split('/').at(-1), code])).toEqual([
      ['alien.md', 'vault/wrong-kind'],
      ['huge.md', 'vault/too-large'],
      ['js.md', 'vault/no-front-matter'],
      ['stolen.md', 'vault/wrong-owner'],
    ]);
    expect(index.text(file('kk-a', 'huge'))?.length).toBeGreaterThan(300_000);
  });

  it('reads the front matter of a log of any length, and never more of it than that', async () => {
    const logs = { ...sample, path: /^agents\/([^/]+)\/log\/[^/]+\.md$/ };
    const lines = '- a line of the log\n'.repeat(100_000);
    await open({
      'agents/kk-a/log/long.md': note('kk-a', 'long') + lines,
      'agents/kk-a/log/endless.md': `---\n${'x: 1\n'.repeat(100_000)}---\n`,
      'agents/kk-b/log/long.md': note('kk-a', 'stolen') + lines,
    });
    const index = await vault.read();
    expect(index.notes(logs).map(({ data }) => data.id)).toEqual(['long']);
    expect(index.problems.map(({ path, code }) => [path, code])).toEqual([
      ['agents/kk-a/log/endless.md', 'vault/bad-front-matter'],
      ['agents/kk-b/log/long.md', 'vault/wrong-owner'],
    ]);
    const write = aWrite('kk-a', append('agents/kk-a/log/long.md', 'the end\n'));
    await vault.write(write);
    await vault.landed(write.id);
    const after = await vault.read();
    expect(after.notes(logs).map(({ data }) => data.id)).toEqual(['long']);
    expect(after.text('agents/kk-a/log/long.md')?.length).toBe(note('kk-a', 'long').length + lines.length + 8);
  });

  it('holds thousands of notes and parses a version only once', async () => {
    const owners = Array.from({ length: 20 }, (_, index) => `kk-${index}`);
    const files = owners.flatMap((owner) =>
      Array.from({ length: 100 }, (_, index) => [file(owner, `n${index}`), note(owner, `n${index}`)] as const),
    );
    await open(Object.fromEntries(files));
    let parsed = 0;
    const counting = {
      ...sample,
      schema: schema.transform((data) => {
        parsed += 1;
        return data;
      }),
    };
    expect((await vault.read()).notes(counting)).toHaveLength(2_000);
    for (let beat = 0; beat < 20; beat++) {
      await vault.write(aWrite('kk-0', put(file('kk-0', 'n0'), note('kk-0', 'n0', beat + 2))));
      const index = await vault.read();
      for (const owner of owners) expect(index.notes(counting, owner)).toHaveLength(100);
      expect(index.note(counting, file('kk-0', 'n0'))?.data.value).toBe(beat + 2);
    }
    expect(parsed).toBeLessThanOrEqual(2_020);
  });
});
