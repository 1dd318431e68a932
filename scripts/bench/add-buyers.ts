import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { loadManifests } from '../../lib/files/load-manifests.ts';

/** The wallet index of the first added buyer: above those of the project's own agents and of the treasury. */
const FIRST_WALLET = 1000;

/**
 * Copies the agents of a folder and adds buyers until there are `count`. The added ones are copies of the folder's own
 * buyers in turn, each with a name and a wallet of its own.
 * @param from the project's folder of agents.
 * @param to a folder that doesn't exist yet.
 */
export async function addBuyers(from: string, to: string, count: number): Promise<void> {
  await cp(from, to, { recursive: true });
  const manifests = await loadManifests([from]);
  const buyers = manifests.filter(({ spec }) => spec.role === 'buyer').map(({ metadata }) => metadata.name);
  for (let added = 0; added < count - manifests.length; added += 1) {
    const model = buyers[added % buyers.length];
    if (model === undefined) throw new Error(`${from} has no buyer to copy`);
    const name = `kk-more-${String(added + 1).padStart(4, '0')}`;
    const manifest = parseDocument(await readFile(join(from, model, 'manifest.yaml'), 'utf8'));
    manifest.setIn(['metadata', 'name'], name);
    manifest.deleteIn(['metadata', 'nick']);
    manifest.setIn(['spec', 'wallet', 'index'], FIRST_WALLET + added);
    await mkdir(join(to, name));
    await writeFile(join(to, name, 'manifest.yaml'), String(manifest));
    await cp(join(from, model, 'SOUL.md'), join(to, name, 'SOUL.md'));
  }
}
