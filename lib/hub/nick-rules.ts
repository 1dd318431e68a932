import type { Account } from '../core/hub-accounts.ts';
import { OPS } from '../core/ids.ts';
import { foldNick, SWARM_CASEMAPPING } from '../core/nick.ts';

/** Whether an account may use a nick: its own and, for ops, any that begins with `ops-` and belongs to no other account. */
export function mayUseNick(account: Account, nick: string, accounts: readonly Account[]): boolean {
  if (!/^[A-Za-z_][A-Za-z0-9_-]{0,30}$/.test(nick)) return false;
  const folded = foldNick(nick, SWARM_CASEMAPPING);
  if (folded === foldNick(account.nick, SWARM_CASEMAPPING)) return true;
  const isOthers = accounts.some(
    (one) => one.account !== account.account && foldNick(one.nick, SWARM_CASEMAPPING) === folded,
  );
  return account.kind === 'ops' && !isOthers && (folded.startsWith('ops-') || folded === OPS);
}
