import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createPseudonyms } from '../../../lib/products/ingest/pseudonyms.ts';
import { corpusOf, TEST_KEY, withFolder } from '../../support/product-maker.ts';

const at = (second: number, line: object) =>
  `${JSON.stringify({ timestamp: `2020-01-01T10:00:${String(second).padStart(2, '0')}Z`, ...line })}\n`;

/** What is left of a log under a list of opt-outs, as it would be sold. */
async function soldOf(optOut: string, log: string): Promise<string> {
  return withFolder(async (dir) => {
    const corpus = await corpusOf(dir, { 'corpus.yaml': `optOut: ${optOut}\n`, 'chat.jsonl': log });
    const { days } = await corpus.scan();
    return (await Promise.all(days.map(({ path }) => readFile(path, 'utf8')))).join('');
  });
}

describe('whoever opted out', () => {
  const bob = [
    { user: 'bob_login', 'display-name': 'Bobby_Shown', message: 'a line of his' },
    { user: 'bob_login', tags: { 'display-name': 'Bobby_Shown' }, message: 'a line of his' },
    { username: 'bob_login', 'display-name': 'Bobby_Shown', text: 'a line of his' },
  ];

  it.each(['bob_login', 'BOB_LOGIN', 'Bobby_Shown', 'bobby_shown'])(
    'says nothing in what is sold, whichever name the list has: %s',
    async (name) => {
      for (const line of bob) {
        const sold = await soldOf(`[${name}]`, at(1, { user: 'ann', message: 'hello' }) + at(2, line));
        expect(sold).toContain('hello');
        expect(sold).not.toContain('a line of his');
      }
    },
  );

  it('is not mentioned in what is sold, not even under a pseudonym', async () => {
    const log = at(1, { user: 'ann', message: 'bob_login: are you there? @bob_login <bob_login> bob_login!' });
    const sold = await soldOf('[bob_login]', log + at(2, { user: 'bob_login', message: 'yes' }));
    expect(sold).toContain('[someone]: are you there? @[someone] <[someone]> [someone]!');
    expect(sold.toLowerCase()).not.toContain('bob_login');
    expect(sold).not.toContain(createPseudonyms(TEST_KEY).of('bob_login'));
  });
});

describe('what is private in a message', () => {
  it('is blacked out in what is sold, in every message and action', async () => {
    const secrets = ['ann@example.com', '192.0.2.7', '+34 612 345 678', `0x${'5e'.repeat(32)}`];
    for (const secret of secrets) {
      for (const message of [`it is ${secret}`, `\u0001ACTION gives ${secret}\u0001`]) {
        const sold = await soldOf('[]', at(1, { user: 'ann', message }));
        expect(sold).toMatch(/\[(?:email|ip|phone|key)\]/);
        expect(sold).not.toContain(secret);
      }
    }
  });
});

describe('a list of opt-outs that cannot be understood', () => {
  it.each(['bob', '{nick: bob}', '[[bob]]', '[{nick: bob}]', '[bob: ]', '[""]', `[${'b'.repeat(65)}]`])(
    'stops the start: %s',
    async (optOut) => {
      await expect(soldOf(optOut, at(1, { user: 'ann', message: 'hello' }))).rejects.toMatchObject({
        code: 'products/bad-corpus-settings',
        message: expect.stringContaining('optOut'),
      });
    },
  );
});
