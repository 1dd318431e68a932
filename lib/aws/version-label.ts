import { createHash } from 'node:crypto';
import { type Address, isAddress } from 'viem';

/**
 * What the id of a secret's version says of its value, so that those who may not read it still see whose it is and can write
 * it anew. AWS takes 32 to 64 characters as `ClientRequestToken` and lists them as `VersionId`.
 */
export interface SecretLabel {
  readonly address: Address;
  /** Of the hub's password and of the delivery seed: see `DerivedKeys`. 32 bits each. */
  readonly hubGeneration: number;
  readonly seedGeneration: number;
}

/** Makes the id of a version of an agent's secret. Equal labels are of equal values. */
export function formatLabel({ address, hubGeneration, seedGeneration }: SecretLabel): string {
  return `kk2-${address.slice(2).toLowerCase()}-${hex8(hubGeneration)}-${hex8(seedGeneration)}`;
}

/** What a version's id says, if {@link formatLabel} made it. */
export function parseLabel(versionId: string): SecretLabel | undefined {
  const [, digits, hub, seed] = /^kk2-([0-9a-f]{40})-([0-9a-f]{8})-([0-9a-f]{8})$/.exec(versionId) ?? [];
  const address = `0x${digits ?? ''}`;
  if (hub === undefined || seed === undefined || !isAddress(address, { strict: false })) return undefined;
  return { address, hubGeneration: Number.parseInt(hub, 16), seedGeneration: Number.parseInt(seed, 16) };
}

/** Makes the id of a version of the hub's secret: a digest of who may do what with which password, and when it was made. */
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

/** Whether two versions of the hub's secret are of the same accounts and passwords. */
export function isSameHub(left: string, right: string): boolean {
  return left.startsWith('kk2-hub-') && left.slice(0, 40) === right.slice(0, 40);
}

/**
 * Makes the id of a version of the RPC's secret: a digest of the address, and when it was put there (Unix seconds). AWS takes
 * no notice of a version that it has, so without the time an address could not come back once another had taken its place.
 */
export function formatRpcLabel(address: string, now: number): string {
  return `kk2-rpc-${createHash('sha256').update(address).digest('hex').slice(0, 32)}-${hex8(now)}`;
}

/** Whether two versions of the RPC's secret are of the same address. */
export function isSameRpc(left: string, right: string): boolean {
  return left.startsWith('kk2-rpc-') && left.slice(0, 40) === right.slice(0, 40);
}

function hex8(number: number): string {
  return (number >>> 0).toString(16).padStart(8, '0');
}
