import type { Hex } from 'viem';
import type { Executor, WorkRecord } from '../core/work.ts';
import type { ProductSettings, SharedSettings } from './settings.ts';

/** The product name under which a day of the corpus is an input. */
export const CHAT = 'chat';

/** An input file of a product. Its bytes are checked against `digest` when it is read. */
export interface InputRef {
  /** `chat` for a day of the corpus, else the name of a product. */
  readonly product: string;
  /** SHA-256 of the file's bytes. */
  readonly digest: Hex;
  readonly path: string;
  /** The day of a chat input (`2026-11-20`), the subject of a profile; for people and for ordering only. */
  readonly label: string;
  /** The offer it was bought under or handed over for, if it is a stranger's. */
  readonly offer?: Hex;
}

/** Whether an input was written by a stranger: everything but the days of the own corpus. */
export function isForeign({ product, offer }: InputRef): boolean {
  return product !== CHAT || offer !== undefined;
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

/** The I/O for making a product. `now` returns milliseconds and is used for durations in the chain of work only. */
export interface MakeIo {
  readonly executor: Executor;
  /** The folder for the finished file; it is named by its digest and written atomically. */
  readonly outDir: string;
  readonly now: () => number;
}

/** Called with an invalid input that is skipped, and its error. */
export type PassOver = (input: InputRef, error: unknown) => void;

/** One product: its inputs, and how it is planned, made and rendered. */
export interface ProductDefinition {
  readonly name: string;
  readonly version: string;
  /** `chat` or the names of products. */
  readonly from: readonly string[];
  /**
   * Lists the orders that can be made from the inputs; ignores inputs of other products. Deterministic. With `passOver`,
   * bought inputs that can't be read are skipped and reported; without it they throw `products/bad-goods` or
   * `products/input-changed`.
   */
  readonly plan: (
    inputs: readonly InputRef[],
    settings: ProductSettings,
    executor: Executor,
    passOver?: PassOver,
  ) => Promise<readonly WorkOrder[]>;
  /** Makes one order from the inputs it names. The same order gives the same bytes. @throws SwarmError `products/input-missing`, `products/input-changed`, `products/bad-goods`. */
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
