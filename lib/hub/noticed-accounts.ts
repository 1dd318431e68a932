import { HUB_BOUNDS } from '../core/hub-bounds.ts';
import type { Conduct } from './conduct.ts';
import type { PushQuota } from './push-quota.ts';

/** An account near or over a quota, or cut or refused often in the last hour. */
export interface NoticedAccount {
  readonly account: string;
  /** What an operator should know, as a sentence each. */
  readonly why: readonly string[];
}

/** How often in an hour an account is cut or refused before it is named: an honest one meets a busy hub now and then. */
const OFTEN = 5;
/** How many accounts are named, the worst first. */
const MAX_NAMED = 20;

/** The accounts that an operator should look at, the worst first. */
export function noticedAccounts(quota: PushQuota, conduct: Conduct): readonly NoticedAccount[] {
  const names = new Set([...quota.accounts(), ...conduct.accounts()]);
  const found = [...names].flatMap((account): (NoticedAccount & { readonly weight: number })[] => {
    const why: string[] = [];
    let weight = 0;
    for (const counted of ['wireBytes', 'changedBytes'] as const) {
      const [used, most] = [quota.used(account, counted), HUB_BOUNDS.quota[counted]];
      weight += used / most;
      if (used < most * HUB_BOUNDS.quota.nearShare) continue;
      const what = counted === 'wireBytes' ? 'pushed' : 'changed files of';
      const is = used >= most ? 'at' : 'near';
      why.push(`${what} ${Math.floor(used / 2 ** 20)} MiB in 24 hours: ${is} its quota of ${most / 2 ** 20} MiB`);
    }
    for (const [misstep, what] of [
      ['cut', 'cut off for slowness'],
      ['refused', 'refused'],
    ] as const) {
      const count = conduct.count(account, misstep);
      weight += count / 100;
      if (count >= OFTEN) why.push(`${what} ${count} times in the last hour`);
    }
    return why.length === 0 ? [] : [{ account, why, weight }];
  });
  found.sort((a, b) => b.weight - a.weight);
  return found.slice(0, MAX_NAMED).map(({ account, why }) => ({ account, why }));
}
