import { z } from 'zod';
import { formatChainId } from './chains.ts';
import type { OperatorKeys } from './operator-keys.ts';
import { parseSshSignature, verifySshSignature } from './ssh-signature.ts';

/** What signatures of operators are made for (`ssh-keygen -Y sign -n karmakadabra`). One made for git, or for mail, counts for nothing here. */
export const SIGNING_NAMESPACE = 'karmakadabra';

/** The name of a swarm in what operators sign: its chain and its escrow, which no other swarm has. */
export function swarmId({ chainId, escrow }: { readonly chainId: number; readonly escrow: string }): string {
  return `${formatChainId(chainId)}/${escrow.toLowerCase()}`;
}

/** The parts of a note that its signature covers. */
export interface SignedFacts {
  readonly kind: string;
  readonly path: string;
  /** Seconds since 1970. */
  readonly signedAt: number;
  /** What is obeyed, in the order in which it is signed. An absent field is signed as absent. */
  readonly fields: Readonly<Record<string, string | number | undefined>>;
}

/**
 * The text that an operator signs. Each line stops one attack by somebody who may write to the vault:
 * `swarm` that a signature for one swarm is copied into another; `kind` and `path` that it is copied to another note;
 * `signedAt` that an older note is put back (a host obeys no note that is older than the newest it obeyed); the fields that one
 * of them is changed, added or removed. Values are JSON, so that none of them can hold a further line. The namespace of the
 * signature is not a part of the text: SSH signs it beside it, and a wallet signs this text's first line.
 */
export function signedText(swarm: string, { kind, path, signedAt, fields }: SignedFacts): string {
  const lines = Object.entries({ swarm, kind, path, signedAt, ...fields }).map(
    ([name, value]) => `${name}: ${value === undefined ? 'absent' : JSON.stringify(value)}`,
  );
  return `Karmakadabra: a note for all agents of a swarm, version 1\n${lines.join('\n')}\n`;
}

/** More signatures than a note needs. */
export const MAX_SIGNATURES = 4;

/** The fields of a note's front matter that hold its signatures. */
export const signatureShape = {
  /** When it was signed, in seconds since 1970. */
  signedAt: z.number().int().min(0).max(99_999_999_999).optional(),
  /** Each as `ssh-keygen -Y sign` makes it (base64, without its first and last line), or a wallet's by EIP-191 (0x…). */
  signatures: z
    .array(
      z.string().regex(/^(?:0x[0-9a-f]{130}|[A-Za-z0-9+/]{100,1400}={0,2})$/, 'must be a signature in base64 or hex'),
    )
    .max(MAX_SIGNATURES)
    .optional(),
};

/** Finds the wallet that made an EIP-191 signature of a text; undefined when it is none. Passed in, because this folder has no curve of wallets. */
export type RecoverWallet = (text: string, signature: string) => Promise<string | undefined>;

/** The signatures of a note that count: each with its operator's key as people see it. Or why none does. */
export type Signers =
  | { readonly type: 'signed'; readonly by: ReadonlyMap<string, string> }
  | { readonly type: 'unsigned' | 'unknown-key' | 'bad-signature' };

/**
 * Verifies the signatures of a text. Those of strangers and those that don't fit are left out. The result maps each valid
 * signature's key to the signature; several of one key count once.
 */
export async function verifySigners(
  text: string,
  signatures: readonly string[],
  keys: OperatorKeys,
  recoverWallet: RecoverWallet,
): Promise<Signers> {
  const by = new Map<string, string>();
  let isKnown = false;
  for (const signature of signatures.slice(0, MAX_SIGNATURES)) {
    if (signature.startsWith('0x')) {
      const wallet = keys.wallets.size === 0 ? undefined : await recoverWallet(text, signature);
      if (wallet !== undefined && keys.wallets.has(wallet)) by.set(wallet, signature);
      continue;
    }
    const parsed = parseSshSignature(signature);
    const name = parsed === undefined ? undefined : keys.ssh.get(parsed.key.blob);
    if (parsed === undefined || name === undefined) continue;
    isKnown = true;
    if (verifySshSignature(parsed, SIGNING_NAMESPACE, text)) by.set(name, signature);
  }
  if (by.size > 0) return { type: 'signed', by };
  if (signatures.length === 0) return { type: 'unsigned' };
  return { type: isKnown ? 'bad-signature' : 'unknown-key' };
}
