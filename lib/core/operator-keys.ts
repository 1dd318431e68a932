import { createHash } from 'node:crypto';
import { SwarmError } from './errors.ts';
import { address } from './ids.ts';
import { parseSshKeyLine } from './ssh-key.ts';

/**
 * The public keys of a swarm's operators. They stand in the configuration of each host, never only in the vault: who may
 * write there could add a key of their own.
 */
export interface OperatorKeys {
  /** SSH keys, by their wire format in base64, with the name that people see. */
  readonly ssh: ReadonlyMap<string, string>;
  /** Wallet addresses in lower case. */
  readonly wallets: ReadonlySet<string>;
}

/** No keys: nothing that operators sign counts. */
export const NO_OPERATOR_KEYS: OperatorKeys = { ssh: new Map(), wallets: new Set() };

/** More operators than a swarm has. Each signature of a stranger's note is compared with all of them. */
export const MAX_OPERATOR_KEYS = 20;

/** Why a text can't be an operator's key, as it follows the name of a field; undefined when it can. */
export function operatorKeyError(text: string): string | undefined {
  if (address.safeParse(text).success || parseSshKeyLine(text) !== undefined) return undefined;
  return 'must be an ed25519 public key of SSH (ssh-ed25519 AAAA… name) or a wallet’s address (0x…)';
}

/**
 * Parses a list of keys, one a line or separated by commas; empty lines and those that begin with # don't count.
 * @throws SwarmError `keys/bad-operator-key`.
 */
export function parseOperatorKeys(text: string): OperatorKeys {
  const ssh = new Map<string, string>();
  const wallets = new Set<string>();
  const lines = text.split(/[\n,]/).map((line) => line.trim());
  for (const line of lines.filter((one) => one !== '' && !one.startsWith('#'))) {
    const wallet = address.safeParse(line);
    const key = parseSshKeyLine(line);
    if (wallet.success) wallets.add(wallet.data);
    else if (key !== undefined) ssh.set(key.blob, nameOf(key.blob, line));
    else throw badKey(`${JSON.stringify(line.slice(0, 60))} ${operatorKeyError(line) ?? ''}`);
  }
  if (ssh.size + wallets.size > MAX_OPERATOR_KEYS) throw badKey(`there are more than ${MAX_OPERATOR_KEYS} keys`);
  return { ssh, wallets };
}

/** Formats keys as {@link parseOperatorKeys} reads them. */
export function formatOperatorKeys({ ssh, wallets }: OperatorKeys): string {
  const keys = [...ssh].map(([blob, name]) => `${typeOf(blob)} ${blob} ${name.replace(/^SHA256:\S+ ?/, '')}`.trim());
  return [...keys, ...wallets].map((line) => `${line}\n`).join('');
}

/** Joins two lists of keys. */
export function joinOperatorKeys(one: OperatorKeys, other: OperatorKeys): OperatorKeys {
  return { ssh: new Map([...one.ssh, ...other.ssh]), wallets: new Set([...one.wallets, ...other.wallets]) };
}

/** The fingerprint of an SSH key, as `ssh-keygen -l` shows it. */
export function fingerprint(blob: string): string {
  return `SHA256:${createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '')}`;
}

function nameOf(blob: string, line: string): string {
  const comment = line
    .split(' ')
    .slice(2)
    .join(' ')
    .replace(/[^\x20-\x7e]/g, '')
    .slice(0, 60);
  return comment === '' ? fingerprint(blob) : `${fingerprint(blob)} ${comment}`;
}

function typeOf(blob: string): string {
  const wire = Buffer.from(blob, 'base64');
  return wire.subarray(4, 4 + wire.readUInt32BE()).toString('latin1');
}

function badKey(why: string): SwarmError {
  return new SwarmError({
    code: 'keys/bad-operator-key',
    disposition: 'stop',
    message: `The list of operators' keys has an error: ${why}`,
    next: 'Put one public key a line into KK_OPERATOR_KEYS: the line of a .pub file (ssh-keygen -t ed25519 makes one), or a wallet’s address.',
  });
}
