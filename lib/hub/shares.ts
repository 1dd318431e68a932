/** Takes one of an account's places and returns the function that frees it, safe to call twice; undefined when all are taken. */
export type TakeShare = (account: string) => (() => void) | undefined;

/** Creates a {@link TakeShare}: each account has `places` of its own. */
export function createShares(places: number): TakeShare {
  const taken = new Map<string, number>();
  return (account) => {
    const count = taken.get(account) ?? 0;
    if (count >= places) return undefined;
    taken.set(account, count + 1);
    let isFree = false;
    return () => {
      if (isFree) return;
      isFree = true;
      const left = (taken.get(account) ?? 1) - 1;
      if (left > 0) taken.set(account, left);
      else taken.delete(account);
    };
  };
}
