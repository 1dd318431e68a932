import type { Hex } from 'viem';
import type { ProductName } from './ids.ts';
import type { Casemapping } from './nick.ts';

/** The channel that everybody is in. */
export const CHANNEL = '#karmakadabra';

/** What the swarm says on its channel; lib/irc formats and parses it. Ids are whole here and prefixes on the wire. */
export type Announcement =
  | {
      readonly type: 'have';
      readonly product: ProductName;
      readonly count: number;
      readonly priceAtomic: bigint;
      readonly title: string;
      readonly offer: Hex;
    }
  | {
      readonly type: 'need';
      readonly product: ProductName;
      readonly maxPriceAtomic: bigint;
      readonly why: string;
      readonly need: Hex;
    }
  | {
      readonly type: 'i-have-that';
      readonly to: string;
      readonly product: ProductName;
      readonly priceAtomic: bigint;
      readonly offer: Hex;
      readonly need: Hex;
    }
  | { readonly type: 'interested'; readonly to: string; readonly offer: Hex }
  | {
      readonly type: 'deal';
      readonly buyer: string;
      readonly seller: string;
      readonly product: ProductName;
      readonly priceAtomic: bigint;
      readonly trade: Hex;
    }
  | { readonly type: 'settled'; readonly trade: Hex; readonly priceAtomic: bigint; readonly tx: Hex }
  | { readonly type: 'status'; readonly summary: string };

/** An announcement with each id replaced by what was said of it: the first 8 to 64 hex digits, without `0x`. */
export type WireAnnouncement = OnWire<Announcement>;
type OnWire<A> = A extends unknown ? { readonly [Field in keyof A]: A[Field] extends Hex ? string : A[Field] } : never;

/** One line heard on the channel. Whoever said it may lie: what the vault says counts. */
export interface HeardLine {
  readonly nick: string;
  /** The line without colours and control characters. */
  readonly text: string;
  /** The line as the announcement that it is; undefined for all else that people and agents say. */
  readonly said: WireAnnouncement | undefined;
  /** Seconds since 1970, by the hearer's clock. */
  readonly at: number;
}

/** What a heartbeat needs of a connection to the channel; it reconnects by itself. */
export interface ChannelPort {
  readonly state: () => 'connecting' | 'joined' | 'closed';
  /** How the server compares nicks. */
  readonly casemapping: () => Casemapping;
  /** Queues a line; false when it was dropped as a near-duplicate or because the queue is full. */
  readonly say: (line: string) => boolean;
  /** The lines heard since the last call, oldest first, bounded. */
  readonly drain: () => readonly HeardLine[];
}
