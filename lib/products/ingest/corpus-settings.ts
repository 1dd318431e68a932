import { z } from 'zod';
import { SwarmError } from '../../core/errors.ts';
import { cleanText } from '../../core/text.ts';
import { DATE_ORDERS } from './formats/format.ts';
import { CHAT_FORMATS } from './formats/formats.ts';
import { readSettingsYaml, UnclearSettings } from './settings-yaml.ts';
import { isTimeZone } from './time-zone.ts';

const name = z
  .string()
  .describe('A name as it stands in the logs: nick, login or display name; case and signs like @ make no difference.');

/** The schema of `corpus.yaml`, the settings beside the logs that only their owner writes. */
export const corpusSettingsSchema = z.strictObject({
  title: z
    .string()
    .max(200)
    .transform((text) => cleanText(text, 60))
    .default('chat logs')
    .describe('What the community is called in titles of goods.'),
  attribution: z
    .string()
    .max(1000)
    .transform((text) => cleanText(text, 400))
    .default('')
    .describe('Who is to be named wherever goods made from the logs are shown.'),
  minMessages: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(200)
    .describe('Messages from which on a person is profiled.'),
  maxProfiles: z.number().int().min(1).max(1000).default(40).describe('How many people are profiled at most.'),
  optOut: z.array(name).max(100_000).default([]).describe('People who appear in no product.'),
  bots: z
    .array(name)
    .max(1000)
    .default([])
    .describe('Bots, besides the well-known ones; they are not profiled. What they relay is said by whom they name.'),
  format: z
    .enum(CHAT_FORMATS.map(({ name }) => name))
    .optional()
    .describe('The form of all logs, for those that may be in several.'),
  timeZone: z
    .string()
    .max(64)
    .refine(isTimeZone, 'must be a time zone as in Europe/Madrid')
    .default('UTC')
    .describe('The time zone of times in the logs that have none, as in Europe/Madrid.'),
  dateOrder: z
    .enum(DATE_ORDERS)
    .optional()
    .describe('What 05/03/2024 is in the logs: the third of May (month-first) or the fifth of March (day-first).'),
  daySeconds: z
    .number()
    .int()
    .min(1)
    .max(86_400)
    .default(86_400)
    .describe('How long a day of the corpus and of budgets lasts.'),
  windowDays: z.number().int().min(1).max(100_000).optional().describe('Products use the newest days only, this many.'),
  languages: z
    .array(z.enum(['en', 'es']))
    .min(1)
    .max(2)
    .default(['en', 'es'])
    .describe('The languages that are spoken.'),
});
export type CorpusSettings = z.output<typeof corpusSettingsSchema>;

/** Bots that many channels have. */
export const WELL_KNOWN_BOTS: readonly string[] = [
  'ubotu',
  'ubottu',
  ...Array.from({ length: 9 }, (_, index) => `ubot${index + 1}`),
  'ubotwo',
  'lubotu1',
  'chanserv',
  'nickserv',
  'fuelbot',
  'meetingology',
  'nightbot',
  'streamelements',
  'streamlabs',
  'moobot',
  'fossabot',
  'wizebot',
  'sery_bot',
  'soundalerts',
];

/**
 * Parses the settings of a corpus from YAML; `file` is named in errors. An empty file gives the defaults.
 * @throws SwarmError `products/bad-corpus-settings`, naming the field or the line and no name.
 */
export function parseCorpusSettings(text: string, file: string): CorpusSettings {
  const fields = Object.keys(corpusSettingsSchema.shape);
  try {
    const parsed = corpusSettingsSchema.safeParse(readSettingsYaml(text, fields, ['optOut', 'bots']));
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    const where = issue?.path.join('.') ?? '';
    throw new UnclearSettings(cleanText(`${where}: ${issue?.message ?? 'is wrong'}`, 200));
  } catch (error) {
    throw badSettings(file, error instanceof UnclearSettings ? error.message : 'it is not YAML', error);
  }
}

/** The error for settings that can't be used. */
export function badSettings(file: string, reason: string, cause?: unknown): SwarmError {
  return new SwarmError({
    code: 'products/bad-corpus-settings',
    disposition: 'stop',
    message: `The corpus settings in ${file} cannot be used: ${reason}`,
    next: `Correct that field, or leave it out: there are defaults. The fields are ${Object.keys(corpusSettingsSchema.shape).join(', ')}.`,
    cause,
  });
}
