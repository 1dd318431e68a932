import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SwarmError } from '../../../lib/core/errors.ts';
import { loadManifests } from '../../../lib/files/load-manifests.ts';

let source: string;

beforeEach(async () => {
  source = await mkdtemp(join(tmpdir(), 'kk-manifests-'));
});
afterEach(async () => {
  await rm(source, { recursive: true, force: true });
});

interface Written {
  readonly folder: string;
  readonly name?: string;
  readonly nick?: string;
  readonly index?: number;
  readonly price?: string;
}

/** Writes an agent's folder; gives the manifest's path. */
async function agent({ folder, name = folder, nick, index = 0, price = '"0.05"' }: Written): Promise<string> {
  await mkdir(join(source, folder));
  await writeFile(join(source, folder, 'SOUL.md'), '# Someone\n');
  const file = join(source, folder, 'manifest.yaml');
  const metadata = `{ name: ${name}, description: Someone.${nick === undefined ? '' : `, nick: ${nick}`} }`;
  const spec = `{ role: seller, wallet: { index: ${index} }, sells: [{ product: soul, price: ${price} }], budget: { daily: "1", reserve: "0" }, schedule: {} }`;
  await writeFile(file, `apiVersion: karmakadabra/v1\nkind: Agent\nmetadata: ${metadata}\nspec: ${spec}\n`);
  return file;
}

async function refusal(sources: readonly string[] = [source]): Promise<SwarmError> {
  const error: unknown = await loadManifests(sources).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof SwarmError) return error;
  return expect.fail('the manifests were accepted, or another error was thrown');
}

describe('loadManifests', () => {
  it('reads the agents of all sources in the order of their wallets', async () => {
    await agent({ folder: 'kk-b', index: 7 });
    await agent({ folder: 'kk-a', index: 12 });
    await agent({ folder: 'kk-c', index: 3 });
    await mkdir(join(source, 'notes'));
    const other = join(source, 'notes');
    await cp(join(source, 'kk-a'), join(other, 'kk-a'), { recursive: true });
    await rm(join(source, 'kk-a'), { recursive: true });
    const names = (await loadManifests([source, other])).map(({ metadata }) => metadata.name);
    expect(names).toEqual(['kk-c', 'kk-b', 'kk-a']);
  });

  it('names all problems of all files in one error without a stack', async () => {
    const float = await agent({ folder: 'kk-float', index: 1, price: '0.05' });
    const moved = await agent({ folder: 'kk-moved', name: 'kk-other', index: 2 });
    await mkdir(join(source, 'kk-empty'));
    const broken = await agent({ folder: 'kk-broken', index: 3 });
    await writeFile(broken, 'kind: Agent\nkind: [\n');
    const error = await refusal();
    expect(error).toMatchObject({ code: 'core/bad-manifest', disposition: 'stop' });
    expect(error.message).toContain(`${float}: spec.sells[0].price: 0.05 is an unquoted number`);
    expect(error.message).toContain(`${moved}: metadata.name: "kk-other" must be the folder's name, "kk-moved"`);
    expect(error.message).toContain(`${join(source, 'kk-empty', 'manifest.yaml')}: is missing`);
    expect(error.message).toContain('SOUL.md is missing');
    expect(error.message).toContain(`${broken}: is not valid YAML`);
    expect(error.message).not.toMatch(/^\s+at /m);
  });

  it.each([
    ['wallet', { index: 4 }, { index: 4 }, 'spec.wallet.index: 4 is already taken by'],
    ['nick, whatever its case', { index: 1, nick: 'Ana' }, { index: 2, nick: 'ana' }, 'ana is already taken by'],
  ] as const)('refuses two agents with one %s', async (_what, one, two, expected) => {
    await agent({ folder: 'kk-one', ...one });
    await agent({ folder: 'kk-two', ...two });
    expect((await refusal()).message).toContain(expected);
  });

  it('refuses a name that two sources have', async () => {
    await agent({ folder: 'kk-one' });
    expect((await refusal([source, source])).message).toContain('metadata.name: kk-one is already taken by');
  });

  it('refuses YAML that grows when it is read, tags of other languages, and files too large', async () => {
    const bomb = await agent({ folder: 'kk-bomb', index: 1 });
    const levels = Array.from({ length: 9 }, (_, n) => `a${n}: &a${n} [${n === 0 ? 'x' : `*a${n - 1},`.repeat(9)}]`);
    await writeFile(bomb, `${levels.join('\n')}\n`);
    const tagged = await agent({ folder: 'kk-tagged', index: 2 });
    await writeFile(tagged, 'kind: !!js/function "function () { return 1 }"\n');
    const large = await agent({ folder: 'kk-large', index: 3 });
    await writeFile(large, `# ${'x'.repeat(70_000)}\n`);
    const { message } = await refusal();
    for (const file of [bomb, tagged, large]) expect(message).toContain(file);
    expect(message.length).toBeLessThan(4_000);
  });

  it('says what to name when a source is absent or has no agents', async () => {
    for (const bad of [join(source, 'nowhere'), source]) {
      const error = await refusal([bad]);
      expect(error).toMatchObject({ code: 'core/no-manifests', disposition: 'stop' });
      expect(error.message).toContain(bad);
    }
  });
});
