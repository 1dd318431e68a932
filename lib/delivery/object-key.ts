import type { Hex } from 'viem';
import type { ObjectStore } from './object-store.ts';

/** The object key of one trade's package: `deliveries/<seller>/<trade id>` under the store's prefix. */
export function deliveryObjectKey(store: Pick<ObjectStore, 'prefix'>, seller: string, trade: Hex): string {
  return `${deliveriesPrefix(store, seller)}${trade}`;
}

/** The prefix of all packages, or of one seller's. */
export function deliveriesPrefix(store: Pick<ObjectStore, 'prefix'>, seller?: string): string {
  return `${store.prefix}deliveries/${seller === undefined ? '' : `${seller}/`}`;
}
