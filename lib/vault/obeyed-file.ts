import { z } from 'zod';
import { parseJson } from '../core/json.ts';
import { requirementsFacts, requirementsShape } from '../core/protocol.ts';
import { quarantineFacts, quarantineShape } from '../core/quarantine.ts';
import type { SignedFacts } from '../core/signed-note.ts';
import { writeDurably } from '../files/durable.ts';
import { readRegularFile } from '../files/read-regular-file.ts';

/** A note that is obeyed: what was signed, and the signatures that were found, by the key that made each. */
export interface Obeyed {
  readonly facts: SignedFacts;
  readonly signatures: readonly string[];
}

/** Operators sign one note an agent at most. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

const signed = { signedAt: z.number().int(), signatures: z.array(z.string()) };
const entry = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('config'), ...signed, ...requirementsShape }),
  z.object({ kind: z.literal('quarantine'), ...signed, ...quarantineShape }),
]);
const content = z.object({
  apiVersion: z.literal('karmakadabra/v1'),
  kind: z.literal('Obeyed'),
  /** The operators' public keys at the host's last start: for commands, which don't have the host's configuration. */
  keys: z.string(),
  swarm: z.string(),
  notes: z.array(entry),
});

/** The memory of what a host obeys. */
export interface ObeyedFile {
  readonly keys: string;
  readonly swarm: string;
  readonly notes: readonly Obeyed[];
}

/** Reads the file of a host; undefined when there is none, or it can't be read. */
export async function readObeyed(file: string): Promise<ObeyedFile | undefined> {
  const text = await readRegularFile(file, MAX_FILE_BYTES).catch(() => '');
  const parsed = content.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const { keys, swarm, notes } = parsed.data;
  return {
    keys,
    swarm,
    notes: notes.map(({ signedAt, signatures, ...note }) => ({
      facts: note.kind === 'config' ? requirementsFacts(note, signedAt) : quarantineFacts(note, signedAt),
      signatures,
    })),
  };
}

/** Writes the file durably: a host that is killed after it obeyed a note goes on obeying it. */
export async function writeObeyed(file: string, { keys, swarm, notes }: ObeyedFile): Promise<void> {
  const entries = notes.map(({ facts: { kind, signedAt, fields }, signatures }) => ({
    kind,
    ...fields,
    signedAt,
    signatures,
  }));
  const value = { apiVersion: 'karmakadabra/v1', kind: 'Obeyed', keys, swarm, notes: entries };
  await writeDurably(file, `${JSON.stringify(value, null, 2)}\n`, { onlyIfChanged: true });
}
