import { z } from 'zod';
import { SwarmError } from './errors.ts';
import { agentName, hubAccount, ircNick, OPS, PEOPLE, TREASURY } from './ids.ts';
import { parseJson } from './json.ts';
import { foldNick, SWARM_CASEMAPPING } from './nick.ts';
import { passwordHash } from './password.ts';

/** The most accounts that a hub has. */
export const MAX_ACCOUNTS = 2000;

const account = z
  .object({
    account: hubAccount,
    nick: ircNick,
    kind: z.enum(['agent', 'treasury', 'ops', 'person']),
    passwordHash,
  })
  .refine(hasValidName, 'an agent has an agent’s name, the treasury and ops theirs, and a person none of these');

/** An account of the hub, for git and IRC. */
export type Account = z.infer<typeof account>;

/** The hub's secret: its accounts, with only the hashes of their passwords. */
export const hubSecret = z
  .object({
    apiVersion: z.literal('karmakadabra/v1'),
    kind: z.literal('HubSecret'),
    accounts: z.array(account).max(MAX_ACCOUNTS),
  })
  .refine(({ accounts }) => areUnique(accounts.map((one) => one.account)), 'two accounts have one name')
  .refine(
    ({ accounts }) => areUnique(accounts.map((one) => foldNick(one.nick, SWARM_CASEMAPPING))),
    'two accounts have one nick',
  );

/**
 * Parses the text of the hub's secret.
 * @throws SwarmError `hub/bad-secret` that names the field and never a value.
 */
export function parseAccounts(text: string): readonly Account[] {
  const parsed = hubSecret.safeParse(parseJson(text));
  if (parsed.success) return parsed.data.accounts;
  const [issue] = parsed.error.issues;
  throw new SwarmError({
    code: 'hub/bad-secret',
    disposition: 'stop',
    message: `The hub's secret is malformed: ${issue?.path.join('.') || 'it'} ${issue?.message ?? ''}`,
    next: 'Write it again with swarm-ops keys push.',
  });
}

/** The authors whose commits an account may push. */
export function authorsOf({ account: name, kind }: Pick<Account, 'account' | 'kind'>): readonly string[] {
  switch (kind) {
    case 'agent':
      return [name];
    case 'treasury':
      return [TREASURY];
    case 'ops':
      return [OPS];
    case 'person':
      return [PEOPLE, name];
  }
}

function hasValidName({ account: name, kind }: { account: string; kind: string }): boolean {
  if (kind === 'treasury') return name === TREASURY;
  if (kind === 'ops') return name === OPS;
  if (name === TREASURY || name === OPS) return false;
  return (kind === 'agent') === agentName.safeParse(name).success;
}

function areUnique(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}
