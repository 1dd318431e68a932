import { createHash } from 'node:crypto';
import type { Hex } from 'viem';
import type { AgentName } from '../core/ids.ts';
import type { Need } from '../core/intent.ts';
import type { ProductWanted } from '../core/manifest.ts';

/** Turns unmet wants into needs. The id of a need stays the same as long as the want doesn't change. */
export function stateNeeds(name: AgentName, unmet: readonly ProductWanted[]): readonly Need[] {
  return unmet.map((want) => ({
    id: needId(name, want),
    product: want.product,
    maxPriceAtomic: want.maxPrice,
    why: want.topics.length > 0 ? `about ${want.topics.slice(0, 3).join(', ')}` : 'anything new',
  }));
}

function needId(name: AgentName, want: ProductWanted): Hex {
  const text = JSON.stringify([name, want.product, want.maxPrice.toString(), want.topics]);
  return `0x${createHash('sha256').update(text).digest('hex')}`;
}
