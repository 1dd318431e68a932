import type { z } from 'zod';
import type { SecretStore } from '../aws/secret-store.ts';
import { formatHubLabel, isSameHub } from '../aws/version-label.ts';
import { SwarmError } from '../core/errors.ts';
import type { hubSecret } from '../core/hub-accounts.ts';
import { OPS, TREASURY } from '../core/ids.ts';
import { foldNick, SWARM_CASEMAPPING } from '../core/nick.ts';
import { hashPassword } from '../core/password.ts';
import type { Person } from '../fleet/fleet-config.ts';
import type { DerivedKeys } from './derived-keys.ts';
import { deleting, type PushStep } from './push-plan.ts';

/** The unit whose secret holds the accounts. */
export const HUB = 'hub';

const SWARM = [TREASURY, OPS].map((name) => [name, name] as const);

/** Who may use the hub, with the password that the hub itself never learns. */
export interface HubAccount {
  readonly account: string;
  readonly nick: string;
  readonly kind: 'agent' | 'treasury' | 'ops' | 'person';
  readonly password: string;
}

/**
 * The accounts of agents with passwords of these generations, of people, and of the swarm's own two writers, whose
 * generation is the steward's; 0 where there is none.
 * @throws SwarmError `keys/nick-taken` for a person with the nick of an agent.
 */
export function hubAccounts(
  agents: readonly { readonly name: string; readonly nick: string; readonly hubGeneration: number }[],
  people: readonly Person[],
  keys: DerivedKeys,
  stewardGeneration = 0,
): readonly HubAccount[] {
  const nicks = new Map([
    ...agents.map(({ name, nick }) => [foldNick(nick, SWARM_CASEMAPPING), name] as const),
    ...SWARM,
  ]);
  for (const { name, nick } of people) {
    const owner = nicks.get(foldNick(nick, SWARM_CASEMAPPING));
    if (owner !== undefined) throw nickTaken(name, nick, owner);
  }
  return [
    ...agents.map(({ name, nick, hubGeneration }) => ({
      account: name,
      nick,
      kind: 'agent' as const,
      password: keys.hubPassword(name, hubGeneration),
    })),
    { account: TREASURY, nick: TREASURY, kind: 'treasury', password: keys.hubPassword(TREASURY, stewardGeneration) },
    { account: OPS, nick: OPS, kind: 'ops', password: keys.hubPassword(OPS, stewardGeneration) },
    ...people.map((person) => personAccount(person, keys)),
  ];
}

function nickTaken(name: string, nick: string, owner: string): SwarmError {
  return new SwarmError({
    code: 'keys/nick-taken',
    disposition: 'stop',
    message: `${name} can't have the nick ${nick}: it is ${owner}'s`,
    next: 'Give another nick in people of infra/fleet.yaml. Nothing was changed.',
  });
}

/** A person's account: its password follows from the mnemonic, so that it can be shown again and lost without harm. */
export function personAccount({ name, nick, generation }: Person, keys: DerivedKeys): HubAccount {
  return { account: name, nick, kind: 'person', password: keys.hubPassword(name, generation) };
}

/**
 * Says what a push does to the hub's secret: it is written whole whenever an account or a password is another than before.
 * @throws SwarmError `keys/secret-deleting`, and what the store throws.
 */
export async function planHub(
  store: SecretStore,
  prefix: string,
  accounts: readonly HubAccount[],
  now: number,
): Promise<PushStep> {
  const secret = `${prefix}${HUB}`;
  const base = { unit: HUB, wallet: undefined, secret, description: 'Accounts of the hub: names and hashes' };
  const state = await store.state(secret);
  const versionId = formatHubLabel(accounts, now);
  switch (state.type) {
    case 'deleting':
      throw deleting(secret);
    case 'absent':
      return { ...base, action: 'create', why: 'it is not there', version: await versionOf(accounts, versionId) };
    case 'empty':
      return { ...base, action: 'fill', why: 'it has no value yet', version: await versionOf(accounts, versionId) };
    case 'filled':
      if (isSameHub(state.versionId, versionId))
        return { ...base, action: 'keep', why: `its ${accounts.length} accounts are right` };
      return {
        ...base,
        action: 'rotate',
        why: 'accounts or passwords changed',
        version: await versionOf(accounts, versionId),
      };
  }
}

async function versionOf(accounts: readonly HubAccount[], versionId: string) {
  const hashed: z.input<typeof hubSecret>['accounts'] = [];
  // One by one: a hash takes 16 MiB and a core.
  for (const { password, ...account } of accounts) {
    hashed.push({ ...account, passwordHash: await hashPassword(password) });
  }
  return { text: JSON.stringify({ apiVersion: 'karmakadabra/v1', kind: 'HubSecret', accounts: hashed }), versionId };
}
