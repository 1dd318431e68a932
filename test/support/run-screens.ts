import fc from 'fast-check';
import type { AgentRow } from '../../scripts/terminal/agent-row.ts';
import type { News } from '../../scripts/terminal/news.ts';
import type { RunScreen } from '../../scripts/terminal/run-frame.ts';

/** A row of an agent that rests, but for what the test says. */
export function agentRow(name: string, changes: Partial<AgentRow> = {}): AgentRow {
  return {
    name,
    role: 'buyer',
    beats: 12,
    errors: 0,
    what: 'resting',
    why: 'nothing new that fits; 0.45 of 0.50 left today',
    balanceAtomic: 450_000n,
    revenueAtomic: 0n,
    isOk: true,
    quietBeats: undefined,
    ...changes,
  };
}

/** What strangers may write: wide and combining characters, emoji, escape sequences, line feeds, nothing. */
const aText = fc.oneof(
  fc.constantFrom(
    '',
    'bought soul',
    'ロボット '.repeat(30),
    '👩‍👩‍👧‍👦'.repeat(20),
    '\u001b[2J\u001b[31mred',
    'a\nb\r\tc',
    'e\u0301'.repeat(90),
  ),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
);

const aRow: fc.Arbitrary<AgentRow> = fc
  .record({
    name: fc.oneof(fc.constantFrom('kk-a', 'kk-soul-extractor'), fc.string({ unit: 'grapheme', maxLength: 60 })),
    role: fc.constantFrom('buyer' as const, 'seller' as const, 'validator' as const),
    beats: fc.nat(),
    errors: fc.constantFrom(0, 0, 3, 1e9),
    what: aText,
    why: aText,
    balanceAtomic: fc.option(fc.bigInt(0n, 10n ** 18n), { nil: undefined }),
    revenueAtomic: fc.bigInt(0n, 10n ** 18n),
    isOk: fc.boolean(),
    quietBeats: fc.option(fc.nat({ max: 20 }), { nil: undefined }),
  })
  .map((row) => row);

const someNews: fc.Arbitrary<News> = fc.record({ agent: aText, what: aText, why: aText, isFailure: fc.boolean() });

/** Any screen of a run. */
export const aScreen: fc.Arbitrary<RunScreen> = fc.record({
  head: aText,
  rows: fc.array(aRow, { maxLength: 40 }),
  news: fc.array(someNews, { maxLength: 30 }),
  places: fc.array(aText, { maxLength: 4 }),
  status: aText,
});
