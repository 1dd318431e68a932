import type { Hex } from 'viem';
import type { Executor, WorkRecord } from '../core/work.ts';
import type { ProductSettings, SharedSettings } from './settings.ts';

/** The product name under which a day of the corpus is an input. */
export const CHAT = 'chat';

/** One file that a product may be made from. Its bytes are checked against `digest` when they are read. */
export interface InputRef {
  /** `chat` for a day of the corpus, else the name of a product. */
  readonly product: string;
  /** SHA-256 of the file's bytes. */
  readonly digest: Hex;
  readonly path: string;
  /** The day of a chat input (`2026-11-20`), the subject of a profile; for people and for ordering only. */
  readonly label: string;
  /** The offer it was bought under, if it was bought. */
  readonly offer?: Hex;
}

/** A piece of goods that could be made. Equal keys mean equal goods. */
export interface WorkOrder {
  /** SHA-256 over product, version, subject, input digests and the settings that matter. */
  readonly key: Hex;
  readonly product: string;
  /** A pseudonym for a profile, a day for one day of raw logs, else empty. */
  readonly subject: string;
  /** At most 80 bytes, made of nothing but pseudonyms, days, topics and cleaned settings. */
  readonly title: string;
  /** From {@link file://./lexicon/topics.ts TOPICS}; a profile's are its top skills' topics, strongest first. */
  readonly topics: readonly string[];
  /** Higher is made first. */
  readonly rank: number;
  /** Days in it for raw logs, else 1. */
  readonly unitCount: number;
  /** The digests of what it is made from, in an order that depends on the inputs alone. */
  readonly inputs: readonly Hex[];
}

/** Goods that were made, with the chain of work behind them. `digest` is the SHA-256 of the bytes at `path`. */
export interface MadeGoods {
  readonly order: WorkOrder;
  readonly path: string;
  readonly digest: Hex;
  readonly sizeBytes: number;
  readonly work: readonly WorkRecord[];
}

/** Where a product is made. `now` gives milliseconds and is used for the durations of the chain of work only. */
export interface MakeIo {
  readonly executor: Executor;
  /** The folder for the finished file; it is named by its digest and appears there whole or not at all. */
  readonly outDir: string;
  readonly now: () => number;
}

/** Told of an input that isn't what it should be and was passed over. `error` says what is wrong with it. */
export type PassOver = (input: InputRef, error: unknown) => void;

/** One product: what it is made from, what could be made now, how, and how it reads to people. */
export interface ProductDefinition {
  readonly name: string;
  readonly version: string;
  /** `chat` or the names of products. */
  readonly from: readonly string[];
  /**
   * Lists what could be made from the inputs (those of other products don't count). Same inputs, same orders. With
   * `passOver`, bought inputs that can't be read are left out and told; without, one of them throws `products/bad-goods`
   * or `products/input-changed`.
   */
  readonly plan: (
    inputs: readonly InputRef[],
    settings: ProductSettings,
    executor: Executor,
    passOver?: PassOver,
  ) => Promise<readonly WorkOrder[]>;
  /** Makes one order from the inputs it names. Same order, same bytes. @throws SwarmError `products/input-missing`, `products/input-changed`, `products/bad-goods`. */
  readonly make: (
    order: WorkOrder,
    inputs: readonly InputRef[],
    settings: ProductSettings,
    io: MakeIo,
  ) => Promise<MadeGoods>;
  /**
   * The settings that goods of this product were made under, where they carry all that matter: what holds now may be
   * another.
   */
  readonly carriedSettings?: (path: string) => Promise<SharedSettings>;
  /** Renders goods of this product as markdown for people; parses them first, as they may come from a stranger. */
  readonly summarize: (path: string) => Promise<string>;
}
