import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answer } from '../../../lib/conversation/answer.ts';
import { formatReply, isAnswer } from '../../../lib/conversation/reply.ts';
import { anyText } from '../../support/irc-arbitraries.ts';
import { questionIn } from '../../support/irc-conversation.ts';

const NICK = 'kk-karma-hello';

describe('a question to an agent', () => {
  it.each([
    ['kk-karma-hello: price?', 'price', 'en'],
    ['kk-karma-hello, how much?', 'price', 'en'],
    ['@kk-karma-hello how much is the soul?', 'price', 'en'],
    ['KK-Karma-Hello: what do you sell', 'sells', 'en'],
    ['what do you sell, kk-karma-hello?', 'sells', 'en'],
    ['kk-karma-hello: what are you looking for?', 'needs', 'en'],
    ['kk-karma-hello: status', 'status', 'en'],
    ['kk-karma-hello: how are you?', 'status', 'en'],
    ['kk-karma-hello: help', 'help', 'en'],
    ['kk-karma-hello: how do I buy from you?', 'help', 'en'],
    ['kk-karma-hello: why did you buy that', 'why', 'en'],
    ['kk-karma-hello: what is the meaning of life?', 'help', 'en'],
    ['kk-karma-hello: ¿cuánto cuesta?', 'price', 'es'],
    ['kk-karma-hello: precio', 'price', 'es'],
    ['kk-karma-hello: que vendes', 'sells', 'es'],
    ['¿qué ofreces, kk-karma-hello?', 'sells', 'es'],
    ['kk-karma-hello: ¿qué necesitas?', 'needs', 'es'],
    ['kk-karma-hello: ¿cómo estás?', 'status', 'es'],
    ['kk-karma-hello: ayuda', 'help', 'es'],
    ['kk-karma-hello: ¿por qué?', 'why', 'es'],
    ['\x02kk-karma-hello\x02: \x0304price?', 'price', 'en'],
  ])('%s is about %s in %s', (text, topic, language) => {
    expect(questionIn(text, NICK)).toMatchObject({ topic, language });
  });

  it.each([
    'price?',
    'kk-karma-hello',
    'kk-karma-hello: thanks!',
    'kk-karma-hellos: price?',
    'I asked kk-karma-hello: price?',
    'kk-karma-hello: » price?',
    'ana: » kk-karma-hello',
    'kk-karma-hello: Interested! offer:aaaaaaaa',
    `kk-karma-hello: price? ${'x'.repeat(2000)}`,
  ])('%s is none', (text) => {
    expect(questionIn(text, NICK)).toBeUndefined();
  });

  it('names the products it is about', () => {
    expect(questionIn(`${NICK}: how much is a skill profile?`, NICK, ['skill-profile', 'soul'])?.products).toEqual([
      'skill-profile',
    ]);
    expect(questionIn(`${NICK}: soul?`, NICK, ['skill-profile', 'soul'])).toMatchObject({ topic: 'price' });
  });

  it('is parsed without throwing, whatever is said', () => {
    fc.assert(
      fc.property(anyText, anyText, (text, nick) => {
        questionIn(text, nick, [text.slice(0, 5)]);
        questionIn(`${NICK}: ${text}`, NICK, ['soul']);
      }),
    );
  });
});

describe('an answer', () => {
  const facts = {
    offers: [
      { id: `0x${'a'.repeat(64)}`, product: 'soul', priceAtomic: 80_000n },
      { id: `0x${'b'.repeat(64)}`, product: 'user-stats', priceAtomic: 30_000n },
    ],
    needs: [{ product: 'raw-logs', maxPriceAtomic: 10_000n }],
    status: 'Well.',
    reasons: ['one', 'two', 'three'],
    help: 'Ask me.',
  } as const;
  const ask = (text: string, products: readonly string[] = ['soul', 'user-stats']) => {
    const question = questionIn(`${NICK}: ${text}`, NICK, products);
    return question === undefined ? undefined : answer(question, facts);
  };

  it('is in the language of the question and about the product it names', () => {
    expect(ask('price?')).toBe('I sell: soul 0.08 USDC (offer:aaaaaaaa); user-stats 0.03 USDC (offer:bbbbbbbb).');
    expect(ask('¿cuánto cuesta el soul?')).toBe('Vendo: soul 0.08 USDC (offer:aaaaaaaa).');
    expect(ask('¿qué buscas?')).toBe('Busco: raw-logs (hasta 0.01 USDC).');
    expect(ask('what do you need?')).toBe('I am looking for: raw-logs (up to 0.01 USDC).');
    expect(ask('why?')).toBe('one; two');
    expect(ask('status')).toBe('Well.');
    expect(ask('help')).toBe('Ask me.');
  });

  it('is one line that is known for an answer, so that no agent answers it', () => {
    fc.assert(
      fc.property(anyText, anyText, (to, text) => {
        const line = formatReply({ to, text });
        expect(isAnswer(line)).toBe(true);
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(400);
        expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(questionIn(line, to)).toBeUndefined();
        expect(questionIn(line, NICK)).toBeUndefined();
      }),
    );
  });
});
