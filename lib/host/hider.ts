import type { ChainView } from '../core/chain.ts';
import type { AgentName } from '../core/ids.ts';
import type { VaultIndex } from '../core/vault.ts';
import { createTradeKeys } from '../market/notes/trade-reader.ts';
import { tradesInSight } from '../market/notes/trades-in-sight.ts';
import { withoutHidden } from '../vault/hidden.ts';

/** Hides the folders of agents, but for their trades in sight. */
export type Hider = (vault: VaultIndex, hidden: readonly AgentName[]) => Promise<VaultIndex>;

/** What was computed of one reading of the vault. */
interface Known {
  readonly sights: Map<AgentName, { readonly block: bigint | undefined; readonly paths: ReadonlySet<string> }>;
  readonly views: Map<string, { readonly sights: readonly ReadonlySet<string>[]; readonly view: VaultIndex }>;
}

/**
 * Creates a hider. It looks at a hidden agent's trades once a block, however many agents read, and gives the same object as long
 * as the same is in sight, so that what others compute of it is kept.
 */
export function createHider(readChain: () => Promise<ChainView>): Hider {
  const keyOf = createTradeKeys();
  const known = new WeakMap<VaultIndex, Known>();

  return async (vault, hidden) => {
    if (hidden.length === 0) return vault;
    const chain = await readChain().catch(() => undefined);
    const { sights, views }: Known = known.get(vault) ?? { sights: new Map(), views: new Map() };
    known.set(vault, { sights, views });
    const inSight = hidden.map((name) => {
      const before = sights.get(name);
      if (before !== undefined && before.block === chain?.blockNumber) return before.paths;
      const found = tradesInSight(vault, chain, name, keyOf);
      const paths = before !== undefined && areSame(before.paths, found) ? before.paths : found;
      sights.set(name, { block: chain?.blockNumber, paths });
      return paths;
    });
    const key = hidden.join(' ');
    const before = views.get(key);
    if (before?.sights.every((paths, at) => paths === inSight[at])) return before.view;
    const view = withoutHidden(vault, new Map(hidden.map((name, at) => [name, inSight[at] ?? new Set()])));
    views.set(key, { sights: inSight, view });
    return view;
  };
}

function areSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((path) => b.has(path));
}
