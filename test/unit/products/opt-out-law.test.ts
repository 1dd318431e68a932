import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createPseudonyms } from '../../../lib/products/ingest/pseudonyms.ts';
import { type Choice, choicesOf, STATUS, writtenForms } from '../../support/hidden-names.ts';
import { corpusOf, makeAll, TEST_KEY, textOf, withFolder } from '../../support/product-maker.ts';

const SEEDS = Array.from({ length: 20 }, (_, seed) => seed + 1);
/** Nobody is called by an ordinary word here, so that a name that is left is a leak. */
const PEOPLE = [
  { nick: 'carlotta', later: 'kwibble', shown: 'Zorah Quint', id: '42' },
  { nick: 'josé_luz', later: 'plumbat', shown: 'Wexlér', id: '43' },
  { nick: '0xcafe', later: 'trundlo', shown: 'ボブ', id: '44' },
];

/** A log of each format in which those of `PEOPLE` say `secret…`, and others say `public…` beside and about them. */
function writeLogs({ of }: Choice): { readonly files: Record<string, string>; readonly heard: number } {
  const irc: string[] = [];
  const json: string[] = [];
  const later: string[] = [];
  let heard = 0;
  const say = (nick: string, text: string): void => void irc.push(`[10:00] <${of(STATUS)}${nick}> ${text}`);
  const tell = (to: string[], line: object): void =>
    void to.push(JSON.stringify({ timestamp: 1_714_727_000 + to.length, ...line }));
  const about = (name: string): string =>
    of([`${name}: public`, `public @${name} public`, `hi ${name}, public`, `public (${name})`]);
  for (const { nick, later: renamed, shown, id } of PEOPLE) {
    const form = (name: string): string => of(writtenForms(name));
    const written = form(nick).replaceAll(' ', '_');
    say(written, 'secret');
    irc.push(`=== ${of(STATUS)}${nick.toUpperCase()} is now known as ${renamed}`);
    say(renamed.toUpperCase(), 'secret');
    irc.push(`=== ${renamed} is now known as ${renamed}|away`);
    say(`${renamed}|away`, 'secret');
    irc.push(`[10:00] * ${written} secret`);
    const relayed = of([
      `<${form(nick)}> secret`,
      `\u0002<\u000304${nick}\u000f>\u0002 secret`,
      `[${nick}] secret`,
      `(${nick}@discord) secret`,
      `[discord] <${form(nick)}> secret`,
      `${nick}: secret`,
    ]);
    say('relay', relayed);
    say('ann', `<${form(nick)}> secret secret`);
    say('ann', `look: 10:01 <@${form(nick)}> secret secret secret`);
    for (const name of [nick, renamed]) say('ann', about(form(name)));
    tell(json, { user: written, message: 'secret' });
    tell(json, { user: shown, username: written, message: 'secret' });
    tell(json, { tags: { username: written, 'display-name': form(shown), 'user-id': id }, message: 'secret' });
    tell(json, { author: { id, name: written, display_name: shown }, message: 'secret' });
    tell(json, { user: 'ann', message: about(form(of([nick, shown]))) });
    tell(later, { user: `new${id}`, 'display-name': `Fresh${id}`, 'user-id': id, message: 'secret' });
    // What another log tells is kept as digests, which a lost character can't be looked up in.
    const whole = writtenForms(shown).filter((one) => !one.includes('\ufffd'));
    tell(later, { user: of(whole), message: 'secret' });
    tell(later, { user: 'ann', message: about(of([nick, shown])) });
    heard += 4;
  }
  say('relay', '<dan> public');
  tell(json, { user: 'dan', message: 'public' });
  const text = (lines: readonly string[]): string => `${lines.join('\n')}\n`;
  const files = { '2024-05-03.txt': text(irc), 'chat.jsonl': text(json), 'other.jsonl': text(later) };
  return { files, heard: heard + 2 };
}

function expectNobody(sold: string): void {
  expect(sold).not.toContain('secret');
  const plain = sold.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const { of } = createPseudonyms(TEST_KEY);
  for (const { nick, later, shown } of PEOPLE) {
    for (const name of [nick, later, shown]) {
      expect(plain).not.toContain(name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase());
      for (const form of writtenForms(name)) {
        expect(sold).not.toContain(form);
        expect(sold).not.toContain(of(form));
      }
    }
  }
}

describe('whoever opted out, in every form that a name has in a log', () => {
  it.each(SEEDS)('says nothing and is called nothing in any day, and nobody else is lost (seed %i)', async (seed) => {
    const choice = choicesOf(seed);
    const { files, heard } = writeLogs(choice);
    const entries = PEOPLE.map(({ nick }) =>
      choice.of([nick, `'@${nick}'`, `"<${nick}>"`, `https://twitch.tv/${nick}`]),
    );
    await withFolder(async (dir) => {
      const settings = `bots: [relay]\noptOut: [${entries.join(', ')}]\n`;
      const corpus = await corpusOf(dir, { 'corpus.yaml': settings, ...files });
      const { days, counts } = await corpus.scan();
      const sold = (await Promise.all(days.map(({ path }) => readFile(path, 'utf8')))).join('');
      expectNobody(sold);
      expect(sold.split('\n').filter((line) => line.includes('public'))).toHaveLength(heard);
      expect(counts.optOutsUnmatched).toBe(0);
    });
  });

  it('is in no goods that are made of the days', async () => {
    await withFolder(async (dir) => {
      const { files } = writeLogs(choicesOf(7));
      const settings = `minMessages: 1\nbots: [relay]\noptOut: [${PEOPLE.map(({ nick }) => nick).join(', ')}]\n`;
      const economy = await makeAll(await corpusOf(dir, { 'corpus.yaml': settings, ...files }), dir);
      const text = await textOf(economy);
      expect(text).toContain('public');
      expectNobody(text);
    });
  });
});
