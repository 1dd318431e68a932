import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { volumeFile } from './volumes.ts';
import type { ContainerWorld } from './world.ts';

/** Fields that are nobody's business, wherever they stand in a file of secrets. */
const FIELDS: ReadonlySet<string> = new Set([
  'privateKey',
  'deliverySeed',
  'password',
  'secretAccessKey',
  'secret',
  'pseudonymKey',
  'mnemonic',
]);

/** Every secret that the swarm holds, each in the forms in which it could turn up somewhere. */
export async function needlesOf(world: ContainerWorld, units: readonly string[]): Promise<readonly string[]> {
  const files = await Promise.all([
    ...units.map((unit) => volumeFile(world, `secret-${unit}`, 'secret.json')),
    volumeFile(world, 'state-setup', 'secrets.json'),
    volumeFile(world, 'state-setup', 'credentials.json'),
  ]);
  const values = new Set<string>();
  for (const file of files) collect(JSON.parse(file), '', values);
  return [...values].flatMap(formsOf);
}

/** Writes them down for a search that doesn't name them on its command line. */
export async function writeNeedles(world: ContainerWorld, needles: readonly string[]): Promise<string> {
  const file = join(world.folder, 'needles.txt');
  await writeFile(file, `${needles.join('\n')}\n`, { mode: 0o600 });
  return file;
}

function collect(value: unknown, key: string, into: Set<string>): void {
  if (typeof value === 'string') {
    if (FIELDS.has(key)) into.add(value);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  // In the book of what was given out, passwords stand under the names of accounts.
  const under = key === 'hubPasswords' ? 'password' : undefined;
  for (const [name, part] of Object.entries(value)) {
    collect(part, under ?? (Array.isArray(value) ? key : name), into);
    if (name === 'password' && 'account' in value && typeof part === 'string') {
      // HTTP Basic and SASL PLAIN.
      into.add(Buffer.from(`${String(value.account)}:${part}`).toString('base64'));
      into.add(Buffer.from(`\0${String(value.account)}\0${part}`).toString('base64'));
    }
  }
}

function formsOf(value: string): readonly string[] {
  const bare = value.startsWith('0x') ? value.slice(2) : value;
  const bytes = /^[0-9a-f]{64}$/.test(bare) ? [Buffer.from(bare, 'hex').toString('base64')] : [];
  return [bare, Buffer.from(value).toString('base64').replace(/=+$/, ''), ...bytes];
}
