import { createHash } from 'node:crypto';
import { type Address, isAddress } from 'viem';

/**
 * What the id of a secret's version says about its value, so that a role without permission to read the value can still tell which
 * wallet it belongs to and write it again. AWS accepts 32 to 64 characters as `ClientRequestToken` and lists them as `VersionId`.
 */
export interface SecretLabel {
  readonly address: Address;
  /** Of the hub's password and of the delivery seed: see `DerivedKeys`. 32 bits each. */
  readonly hubGeneration: number;
  readonly seedGeneration: number;
}

/** Formats the id of a version of an agent's secret. Equal ids have equal values. */
export function formatLabel({ address, hubGeneration, seedGeneration }: SecretLabel): string {
  return `kk2-${address.slice(2).toLowerCase()}-${hex8(hubGeneration)}-${hex8(seedGeneration)}`;
}

/** Parses a version's id; undefined if it is not from {@link formatLabel}. */
export function parseLabel(versionId: string): SecretLabel | undefined {
  const [, digits, hub, seed] = /^kk2-([0-9a-f]{40})-([0-9a-f]{8})-([0-9a-f]{8})$/.exec(versionId) ?? [];
  const address = `0x${digits ?? ''}`;
  if (hub === undefined || seed === undefined || !isAddress(address, { strict: false })) return undefined;
  return { address, hubGeneration: Number.parseInt(hub, 16), seedGeneration: Number.parseInt(seed, 16) };
}

/** Formats the id of a version of the hub's secret: a digest of its accounts and passwords, and the time. */
export function formatHubLabel(
  accounts: readonly {
    readonly account: string;
    readonly nick: string;
    readonly kind: string;
    readonly password: string;
  }[],
  generation: number,
): string {
  const digest = createHash('sha256');
  for (const { account, nick, kind, password } of accounts) {
    digest.update(`${JSON.stringify([account, nick, kind, createHash('sha256').update(password).digest('hex')])}\n`);
  }
  return `kk2-hub-${digest.digest('hex').slice(0, 32)}-${hex8(generation)}`;
}

/** Whether two versions of the hub's secret have the same accounts and passwords. */
export function isSameHub(left: string, right: string): boolean {
  return left.startsWith('kk2-hub-') && left.slice(0, 40) === right.slice(0, 40);
}

/**
 * Formats the id of a version of the RPC's secret: a digest of the address, and the time (Unix seconds). AWS ignores a write with
 * an id that it knows, so without the time an earlier address could not be written again.
 */
export function formatRpcLabel(address: string, now: number): string {
  return `kk2-rpc-${createHash('sha256').update(address).digest('hex').slice(0, 32)}-${hex8(now)}`;
}

/** Whether two versions of the RPC's secret have the same address. */
export function isSameRpc(left: string, right: string): boolean {
  return left.startsWith('kk2-rpc-') && left.slice(0, 40) === right.slice(0, 40);
}

function hex8(number: number): string {
  return (number >>> 0).toString(16).padStart(8, '0');
}
