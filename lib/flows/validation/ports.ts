import type { Hex, LocalAccount } from 'viem';
import type { Clock } from '../../core/time.ts';
import type { GoodsStore } from '../../delivery/goods-store.ts';
import type { ObjectStore } from '../../delivery/object-store.ts';
import type { SigningDomain } from '../../market/terms/domain.ts';
import type { InputRef } from '../../products/definition.ts';
import type { SharedSettings } from '../../products/settings.ts';
import type { ReplayQueue } from './replay-queue.ts';

/** Finds the inputs that an agent's goods were made from. */
export interface Sources {
  /** Returns those inputs that are on this disk. */
  readonly inputs: (digests: readonly Hex[]) => readonly InputRef[];
  /** Returns the settings with which goods on this disk were made. */
  readonly settingsOf: (product: string, digest: Hex) => Promise<SharedSettings>;
}

/** The services with which an agent has its goods validated, or validates those of others. */
export interface ValidationPorts {
  readonly account: LocalAccount;
  /** The agent's delivery seed: the blinding of its goods follows from it. A secret. */
  readonly deliverySeed: Uint8Array;
  /** The domain of the market's signatures. */
  readonly domain: SigningDomain;
  readonly store: ObjectStore;
  readonly goods: GoodsStore;
  readonly sources: Sources;
  /** Runs the jobs; only a validator has one. */
  readonly replays: ReplayQueue | undefined;
  /** Life of a presigned URL in seconds. */
  readonly urlLifeSeconds: number;
  readonly clock: Clock;
  /** 32 random bytes. */
  readonly randomSalt: () => Hex;
}
