import type { Hex } from 'viem';
import { z } from 'zod';

/** A person in any product: `anon-` and 50 bits of an HMAC in base32 (RFC 4648, lower case). */
export const pseudonym = z.string().regex(/^anon-[a-z2-7]{10}$/, 'must be a pseudonym as in anon-k7q2m4xw3a');

/** A calendar day in UTC, as in `2026-11-20`. */
export const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a day as in 2026-11-20');

/** The settings of a corpus that its goods contain. They contain no nick. */
export const sharedSettings = z.strictObject({
  title: z.string().max(80),
  attribution: z.string().max(400),
  minMessages: z.number().int().min(1).max(1_000_000),
  maxProfiles: z.number().int().min(1).max(1000),
  /** Products use the newest days only, this many; 0 for all. */
  windowDays: z.number().int().min(0).max(100_000),
  /** The languages that are spoken, as ISO 639-1 codes. */
  languages: z.array(z.enum(['en', 'es'])).max(2),
  /** Pseudonyms of known bots, sorted. */
  bots: z.array(pseudonym).max(1000),
  /**
   * When a day of the corpus that had been read before last became another, in seconds since 1970. Of two volumes with
   * one day that of the later edition counts: somebody in the other may have asked to be forgotten. 0 where none is told.
   */
  edition: z.number().int().min(0).default(0),
});
export type SharedSettings = z.infer<typeof sharedSettings>;

/** The settings that a plan depends on besides its inputs. The seller of logs gets it from its corpus, all others start from {@link DEFAULT_SETTINGS}. */
export interface ProductSettings extends SharedSettings {
  /** The digests of the chat days that raw logs were offered of before; empty asks for the backlog in one bundle. */
  readonly alreadyOffered: ReadonlySet<Hex>;
}

/** The settings of a maker without a corpus: what it makes follows the settings that its inputs carry. */
export const DEFAULT_SETTINGS: ProductSettings = {
  title: '',
  attribution: '',
  minMessages: 200,
  maxProfiles: 40,
  windowDays: 0,
  languages: ['en', 'es'],
  bots: [],
  edition: 0,
  alreadyOffered: new Set<Hex>(),
};
