import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Hex } from 'viem';
import { address } from '../core/ids.ts';
import { openRecordFile, readRecords } from '../files/record-file.ts';
import type { SignatureMemory } from '../market/terms/signature-cache.ts';

/** The maximum number of stored signatures. Older ones are removed and verified again when needed. */
const MOST = 50_000;
/** How long added signatures wait to be written together. */
const FLUSH_MS = 1000;
const KEY_DIGITS = 40;

/** A {@link SignatureMemory} on disk. */
export interface SignatureFile extends SignatureMemory {
  /** Writes everything that was added. */
  readonly close: () => Promise<void>;
}

/**
 * Opens the verified signatures in an index folder. Only for the one process that has the vault open. The file may be removed
 * at any time; a file that other users could have written is not read.
 */
export async function openSignatureFile(
  indexDir: string,
  warn: (message: string) => void,
  most = MOST,
): Promise<SignatureFile> {
  const name = join(indexDir, 'signatures.records');
  const file = await openRecordFile(name, warn);
  const records = await readRecords(name);
  const signers = new Map<string, string>();
  for (const key of records.keys()) {
    const signer = records.get(key);
    if (signer !== undefined) signers.set(key, signer);
  }
  let lines = records.lines;
  let timer: NodeJS.Timeout | undefined;

  const bound = (): void => {
    for (const key of signers.keys()) {
      if (signers.size <= most) break;
      signers.delete(key);
    }
    if (lines <= 2 * most) return;
    lines = signers.size;
    void file.replace([...signers]);
  };
  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    await file.flush();
  };
  bound();

  return {
    recall: (digest, signature) => {
      const signer = signers.get(keyOf(digest, signature));
      if (signer === 'nobody') return signer;
      return signer === undefined ? undefined : address.safeParse(signer).data;
    },
    keep: (digest, signature, signer) => {
      const key = keyOf(digest, signature);
      signers.set(key, signer);
      file.add(key, signer);
      lines += 1;
      bound();
      timer ??= setTimeout(() => void flush(), FLUSH_MS).unref();
    },
    close: flush,
  };
}

function keyOf(digest: Hex, signature: Hex): string {
  return createHash('sha256').update(`${digest} ${signature}`).digest('hex').slice(0, KEY_DIGITS);
}
