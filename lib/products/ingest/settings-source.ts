import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { formatError } from '../../core/errors.ts';
import { writeDurably } from '../../files/durable.ts';
import { PRIVATE } from '../../files/private-file.ts';
import { SETTINGS_FILE } from './corpus-folder.ts';
import { badSettings, type CorpusSettings, corpusSettingsSchema, parseCorpusSettings } from './corpus-settings.ts';
import { normalizeNick } from './pseudonyms.ts';

/** The settings in force and, if the file is now invalid, its error. */
export interface SettingsReading {
  readonly settings: CorpusSettings;
  /** Contains nothing of the file, which may name somebody who opted out. */
  readonly problem: string | undefined;
}

/** The settings of a corpus, which its owner may change at any time. */
export interface SettingsSource {
  /** The file that is read, if it is there. */
  readonly path: string;
  /** In force at the start. */
  readonly initial: CorpusSettings;
  /** Reads the file if it has changed. Never throws for an invalid file: then the settings before it stay in force. */
  readonly current: () => Promise<SettingsReading>;
}

/** A file's text and what it means. */
interface Said {
  readonly settings: CorpusSettings;
  readonly text: string;
}

/** The last valid content of the settings, for a start when the file is missing. */
const lastGood = z.strictObject({ path: z.string(), text: z.string() });
const LAST_GOOD_FILE = 'corpus-settings.json';

/**
 * Opens the settings of a corpus: the given file, or `corpus.yaml` beside the logs, or the defaults when there is none.
 * Opt-outs stay in force while the file is invalid, incomplete or missing.
 * @throws SwarmError `products/bad-corpus-settings` when the file can't be used at the start, naming the field.
 */
export async function openSettingsSource(options: {
  readonly dir: string;
  readonly file: string | undefined;
  readonly workDir: string;
  readonly log: (line: string) => void;
}): Promise<SettingsSource> {
  const { workDir, log } = options;
  const path = options.file ?? join(options.dir, SETTINGS_FILE);
  /** Of the file as it was last looked at; none before the first look after the start, which reads it once more. */
  let stamp: string | undefined;
  let settings = corpusSettingsSchema.parse({});
  let problem: string | undefined;
  /** What the file says now where that is less than before: when it stands still it is taken at its word. */
  let doubted: Said | undefined;

  const take = async (said: Said): Promise<void> => {
    settings = said.settings;
    doubted = undefined;
    problem = undefined;
    await writeDurably(join(workDir, LAST_GOOD_FILE), JSON.stringify({ path, text: said.text }), { mode: PRIVATE });
  };
  const weigh = async (text: string): Promise<void> => {
    if (text.trim() === '' && settings.optOut.length > 0)
      throw badSettings(path, 'it is empty, and was not: write {} into it to do without');
    const said = { settings: parseCorpusSettings(text, path), text };
    const listed = new Set(said.settings.optOut.map(normalizeNick));
    const dropped = settings.optOut.filter((nick) => !listed.has(normalizeNick(nick)));
    if (dropped.length === 0) return take(said);
    settings = { ...said.settings, optOut: [...said.settings.optOut, ...dropped] };
    doubted = said;
    problem = undefined;
  };

  // What was cut short while nobody looked is doubted as it is at any time.
  const before = await recall(workDir, path);
  if (before !== undefined) settings = parseRecalled(before, path) ?? settings;
  const found = await look(path);
  if (found !== undefined) {
    await weigh(await found.read());
  } else if (options.file !== undefined) {
    throw badSettings(path, 'there is no such file');
  } else if (before !== undefined) {
    problem = GONE;
    log(`${path} is gone. ${NEXT}`);
  }

  return {
    path,
    initial: settings,
    current: async () => {
      const file = await look(path);
      if (file?.stamp === stamp) {
        if (doubted !== undefined) await take(doubted);
        return { settings, problem };
      }
      stamp = file?.stamp;
      doubted = undefined;
      try {
        if (file === undefined) throw badSettings(path, 'it is gone');
        await weigh(await file.read());
      } catch (error) {
        problem = file === undefined ? GONE : BROKEN;
        log(`${formatError(error)} ${NEXT}`);
      }
      return { settings, problem };
    },
  };
}

const NEXT = 'What it said before still holds. Put it in order, or write {} into it to do without.';
const GONE = 'it is gone; what it said before still holds';
const BROKEN = 'it cannot be used; what it said before still holds';

async function look(path: string) {
  const status = await stat(path, { bigint: true }).catch(() => undefined);
  if (status?.isFile() !== true) return undefined;
  const { size, mtimeNs, ctimeNs, ino } = status;
  return { stamp: `${size}-${mtimeNs}-${ctimeNs}-${ino}`, read: async () => textOf(await readFile(path), path) };
}

async function recall(workDir: string, path: string): Promise<string | undefined> {
  try {
    const found = lastGood.parse(JSON.parse(await readFile(join(workDir, LAST_GOOD_FILE), 'utf8')));
    return found.path === path ? found.text : undefined;
  } catch {
    return undefined;
  }
}

/** The text of a file in UTF-8. With another encoding, names would be read as others. */
function textOf(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw badSettings(path, 'it is not UTF-8: save it in that encoding', error);
  }
}

/** What an earlier version took; none when this one doesn't understand it, and the file itself is what counts. */
function parseRecalled(text: string, path: string): CorpusSettings | undefined {
  try {
    return parseCorpusSettings(text, path);
  } catch {
    return undefined;
  }
}
