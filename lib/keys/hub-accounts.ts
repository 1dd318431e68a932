import { SwarmError } from '../core/errors.ts';
import { OPS, TREASURY } from '../core/ids.ts';
import { foldNick, SWARM_CASEMAPPING } from '../core/nick.ts';
import type { Person } from '../fleet/fleet-config.ts';
import type { DerivedKeys } from './derived-keys.ts';

const SWARM = [TREASURY, OPS].map((name) => [name, name] as const);

/** An account of the hub, with its password. The hub itself only gets a hash of it. */
export interface HubAccount {
  readonly account: string;
  readonly nick: string;
  readonly kind: 'agent' | 'treasury' | 'ops' | 'person';
  readonly password: string;
}

/**
 * Creates the accounts of agents, of people, and of the treasury and ops. The last two have the steward's generation, 0 without a
 * steward.
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

/** Creates a person's account. Its password is derived from the mnemonic, so that it can be shown again. */
export function personAccount({ name, nick, generation }: Person, keys: DerivedKeys): HubAccount {
  return { account: name, nick, kind: 'person', password: keys.hubPassword(name, generation) };
}
