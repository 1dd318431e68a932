import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCorpus } from '../../../lib/products/corpus.ts';
import { listFolder } from '../../../lib/products/ingest/corpus-folder.ts';
import { CHAT_FORMATS, formatsOf } from '../../../lib/products/ingest/formats/formats.ts';
import { createPseudonyms } from '../../../lib/products/ingest/pseudonyms.ts';
import { readLog, readSample } from '../../../lib/products/ingest/read-log.ts';
import { MARK, madeConversation } from '../../support/made-conversation.ts';
import { TEST_KEY, withFolder } from '../../support/product-maker.ts';
import { CHAT_WRITERS, writeChat } from '../../support/written-chat.ts';

const FORMATS = Object.keys(CHAT_WRITERS);
const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);

async function writeAll(dir: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), content);
  }
}

/** The messages of one file of a folder as they are read, and the format that it is taken for. */
async function readOf(dir: string, path: string) {
  const file = (await listFolder(dir)).logs.find(({ name }) => name === path);
  if (file === undefined) throw new Error(`${path} is not listed`);
  const sample = await readSample(file.path, file.place);
  const formats = sample === 'binary' ? [] : formatsOf(sample);
  const [format] = formats;
  if (format === undefined || formats.length > 1)
    throw new Error(`${path} is ${formats.map(({ name }) => name).join(' or ')}`);
  const messages: { name: string; text: string; action: boolean }[] = [];
  const entries = readLog({ path: file.path, place: file.place, format });
  let step = await entries.next();
  for (; step.done !== true; step = await entries.next()) {
    for (const entry of step.value) {
      if (entry.kind === 'parsed' && entry.line.kind === 'message')
        messages.push({ name: entry.line.by.nick, text: entry.line.text, action: entry.line.action });
    }
  }
  return { format: format.name, messages, refusal: step.value };
}

describe('one conversation in every format', () => {
  it('has a writer for each format that is read', () => {
    expect(new Set(FORMATS)).toEqual(new Set(CHAT_FORMATS.map(({ name }) => name)));
  });

  it.each(FORMATS)('is told and read alike, without what is private or another’s: %s', async (format) => {
    for (const seed of SEEDS.slice(0, 5)) {
      const chat = writeChat(format, madeConversation(seed).events);
      await withFolder(async (dir) => {
        await writeAll(dir, chat.files);
        expect(await readOf(dir, chat.path)).toEqual({ format, messages: chat.expected, refusal: undefined });
      });
    }
  });
});

describe('a corpus in every format', () => {
  it.each(SEEDS)('shows nothing of whoever opted out: no line, no nick, no alias (seed %i)', async (seed) => {
    const { events, absent, names } = madeConversation(seed);
    await withFolder(async (dir) => {
      const logs = join(dir, 'logs');
      for (const format of FORMATS) await writeAll(logs, writeChat(format, events).files);
      await writeFile(join(logs, 'corpus.yaml'), `optOut: [${absent.login}, ${absent.display}]\n`);
      const options = { dir: logs, workDir: join(dir, 'work'), pseudonymKey: TEST_KEY, now: () => 1_700_000_000 };
      const corpus = await openCorpus(options);
      const { days, counts, problems } = await corpus.scan();
      expect(problems.filter(({ file }) => !/slack\/\w+\.json$/.test(file))).toEqual([]);
      expect(counts.messages).toBeGreaterThan(FORMATS.length * 4);
      const sold = (await Promise.all(days.map(({ path }) => readFile(path, 'utf8')))).join('').toLowerCase();
      expect(sold).not.toContain(MARK);
      expect(sold).not.toContain('secretword');
      expect(sold).not.toContain('words of another');
      const pseudonyms = createPseudonyms(TEST_KEY);
      for (const name of names) {
        expect(sold).not.toContain(name.toLowerCase());
        expect(sold).not.toContain(pseudonyms.of(name));
      }
    });
  });
});
