import type { Hex } from 'viem';
import type { ProductName } from './ids.ts';
import type { Casemapping } from './nick.ts';

/** The channel that all agents join. */
export const CHANNEL = '#karmakadabra';

/** An announcement on the channel; lib/irc formats and parses it. Ids are complete here and prefixes on the wire. */
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

/** An announcement as received: each id is a prefix of 8 to 64 hex digits, without `0x`. */
export type WireAnnouncement = OnWire<Announcement>;
type OnWire<A> = A extends unknown ? { readonly [Field in keyof A]: A[Field] extends Hex ? string : A[Field] } : never;

/** One line received from the channel. Its sender may lie: only the vault counts. */
export interface HeardLine {
  readonly nick: string;
  /** The line without colours and control characters. */
  readonly text: string;
  /** The parsed announcement; undefined for any other line. */
  readonly said: WireAnnouncement | undefined;
  /** When it was received, in seconds since 1970. */
  readonly at: number;
}

/** The connection to the channel that a heartbeat uses; it reconnects by itself. */
export interface ChannelPort {
  readonly state: () => 'connecting' | 'joined' | 'closed';
  /** How the server compares nicks. */
  readonly casemapping: () => Casemapping;
  /** Queues a line; false if it is empty, was said lately, or the connection is closed. */
  readonly say: (line: string) => boolean;
  /** The lines heard since the last call, oldest first, bounded. */
  readonly drain: () => readonly HeardLine[];
}
