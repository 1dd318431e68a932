import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createPseudonyms } from '../../../lib/products/ingest/pseudonyms.ts';
import { relayedAtAll, relayedInSigns } from '../../../lib/products/ingest/relay.ts';
import { corpusOf, TEST_KEY, withFolder } from '../../support/product-maker.ts';

const { of } = createPseudonyms(TEST_KEY);

async function soldOf(settings: string, lines: readonly string[]) {
  return withFolder(async (dir) => {
    const log = lines.map((line) => `[10:00] ${line}\n`).join('');
    const { days } = await (await corpusOf(dir, { 'corpus.yaml': settings, '2024-05-03.txt': log })).scan();
    const text = (await Promise.all(days.map(({ path }) => readFile(path, 'utf8')))).join('').trim();
    return text === '' ? [] : text.split('\n').map((line): { who: string; text: string } => JSON.parse(line));
  });
}

describe('a relayed line', () => {
  it.each([
    ['<carla> hi all', 'carla'],
    ['<@carla> hi all', 'carla'],
    ['\u0002<\u000304carla\u000f>\u0002 hi all', 'carla'],
    ['<c\u200barla> hi all', 'c\u200barla'],
    ['[carla] hi all', 'carla'],
    ['(carla@discord) hi all', 'carla'],
    ['[discord] <carla> hi all', 'carla'],
    ['[10:01] <carla> hi all', 'carla'],
    ['<D/carla> hi all', 'carla'],
    ['**<carla>** hi all', 'carla'],
    ['* carla hi all', 'carla'],
  ])('names who says it: %j', (line, nick) => {
    expect(relayedInSigns(line)).toMatchObject({ by: { nick }, text: 'hi all' });
  });

  it('may name them with a label, which counts for bots only', () => {
    for (const line of ['carla: hi all', 'carla says: hi all', 'carla | hi all', '**carla**: hi all']) {
      expect(relayedInSigns(line)).toBeUndefined();
      expect(relayedAtAll(line)).toMatchObject({ by: { nick: 'carla' }, text: 'hi all' });
    }
    for (const line of ['hello there', 'http://x.example/ is up', '<carla>'])
      expect(relayedAtAll(line)?.text ?? '').toBe('');
  });
});

describe('what a bridge brings', () => {
  it.each([
    ['that the settings name', 'bots: [wire]', 'wire', ['<dan> hi', 'the bridge is up', 'joined', 'left']],
    ['that is well-known', '{}', 'matterbridge', ['[dan] hi']],
    ['that does so mostly', '{}', 'wire', ['<dan> hi', '<eve> hello', 'the bridge is up']],
    ['that says nothing of its own', '{}', 'wire', ['<dan> hi', '<eve> hello']],
    ['that the settings name, with labels', 'bots: [wire]', 'wire', ['dan: hi']],
  ])('is said by whom it names: one %s', async (_, settings, bot, texts) => {
    const sold = await soldOf(settings, ['<ann> hello', ...texts.map((text) => `<${bot}> ${text}`)]);
    expect(sold.find(({ text }) => text === 'hi')?.who).toBe(of('dan'));
    expect(sold.filter(({ text }) => text.startsWith('the bridge')).every(({ who }) => who === of(bot))).toBe(true);
  });

  it('is not what people say who write the name of somebody there in signs', async () => {
    const sold = await soldOf('{}', [
      '<ann> hello',
      '<bob> hi',
      '<eve> <ann> thanks',
      '<eve> <bob> thank you',
      '<eve> bye',
    ]);
    expect(sold.filter(({ who }) => who === of('eve'))).toHaveLength(3);
  });

  it('of a bot that answers people by name is said by the bot', async () => {
    const sold = await soldOf('bots: [helper]', [
      '<ann> hello',
      '<bob> hi',
      '<helper> ann: read the manual',
      '<helper> bob: you too',
    ]);
    expect(sold.filter(({ who }) => who === of('helper'))).toHaveLength(2);
  });

  it.each([
    '<wire> <carla> mine',
    '<wire> [carla] mine',
    '<wire> (carla@discord) mine',
    '<wire> carla: mine',
    '<wire> <c\u200darla> mine',
    '<wire> \u0002<\u000304carla\u0003>\u000f mine',
    '<dan> <carla> mine',
    '<dan> look: 10:02 <@carla> mine and mine',
    '<ubottu> carla: mine',
    '<wire> [tg] carla: mine',
    '<wire> [discord/#lab] carla: mine',
    '<wire> Discord: <carla> mine',
    '<wire> [10:01] carla: mine',
    '<wire> «carla» mine',
    '<wire> 【carla】 mine',
    '<wire> **carla** mine',
    '<wire> [carla via matrix] mine',
    '<wire> <carla[m]> mine',
    '<wire> carla - mine',
    '<wire> carla wrote: mine',
    '<wire> &lt;carla&gt; mine',
    '<wire> Action: carla mine',
  ])('is left out where its speaker opted out, whoever repeats it: %j', async (line) => {
    const sold = await soldOf('bots: [wire]\noptOut: [carla]', [
      '<ann> hello there, this is a channel about bridges and networks',
      line,
    ]);
    expect(sold.map(({ text }) => text.slice(0, 11))).toEqual(['hello there']);
  });

  it('stays where somebody else speaks to them through a bridge', async () => {
    const lines = ['<dan> carla: mine', '[dan] carla: mine', '<dan> hi (carla)', 'dan: carla, mine', 'dan carla: mine'];
    const settings = 'bots: [wire]\noptOut: [carla]';
    const sold = await soldOf(settings, ['<ann> hello', ...lines.map((line) => `<wire> ${line}`)]);
    expect(sold).toHaveLength(1 + lines.length);
    expect(JSON.stringify(sold)).not.toContain('carla');
  });
});
