import { compareText } from '../../core/text.ts';
import { type Background, backgroundOf } from '../chat-index/background.ts';
import type { Library } from '../chat-index/library.ts';
import { round, spread } from '../text/spread.ts';
import { BARE_CONTRACTIONS, isStopWord } from '../text/stop-words.ts';
import { createYieldToLoop, type YieldToLoop } from '../yield-to-loop.ts';
import type { VoiceProfile } from './goods.ts';
import type { Observation } from './observe.ts';

type Signature = VoiceProfile['signature'];

/** The prior's weight in words: how much is needed to convince. */
const PRIOR = 500;
/** 99.9% of chance differences are smaller. */
const LEAST_Z = 3.3;
const LEAST_USES = 4;
const MOST_EACH = 8;
/** Of somebody's days half, up to this many, must have the phrase: what belongs to one talk is no habit. */
const MOST_DAYS_NEEDED = 3;

interface Uses {
  readonly refs: string[];
  readonly days: Set<string>;
  count: number;
}

/**
 * Finds the words and pairs of words that somebody uses far more than the others: z-scores of log-odds ratios with an
 * informative Dirichlet prior, the prior being everyone's use (Monroe, Colaresi & Quinn 2008, "Fightin' Words", §3.5.1).
 */
export async function signatureOf(library: Library, observations: readonly Observation[]): Promise<Signature> {
  const background = await backgroundOf(library);
  const active = new Set(observations.map(({ day }) => day)).size;
  const leastDays = Math.min(MOST_DAYS_NEEDED, Math.ceil(active / 2));
  const yieldToLoop = createYieldToLoop();
  const often = await usedOften(observations, yieldToLoop);
  const words = new Map<string, Uses>();
  const pairs = new Map<string, Uses>();
  let wordTotal = 0;
  let pairTotal = 0;
  for (const { words: said, ref, day } of observations) {
    await yieldToLoop();
    wordTotal += said.length;
    pairTotal += Math.max(0, said.length - 1);
    for (const [at, word] of said.entries()) {
      if (often.has(word)) use(words, word, ref, day);
      const pair = pairAt(said, at);
      if (pair !== undefined && often.has(pair)) use(pairs, pair, ref, day);
    }
  }
  const isTelling = (word: string) => /\p{L}/u.test(word) && word.length > 1;
  return [
    ...strongest(
      words,
      wordTotal,
      background.words,
      (word) => background.wordCount(word),
      (word, { days }) =>
        days.size >= leastDays && isTelling(word) && (!isStopWord(word) || BARE_CONTRACTIONS.has(word)),
    ),
    ...strongest(
      pairs,
      pairTotal,
      background.pairs,
      (pair) => countPair(background, pair),
      (pair, { days }) => {
        if (days.size < leastDays) return false;
        const [first = '', second = ''] = pair.split(' ');
        return isTelling(first) && isTelling(second) && first !== second && !(isStopWord(first) && isStopWord(second));
      },
    ),
  ];
}

/** The words and pairs that are used often enough. Where they are used is kept for these only: most phrases are said once. */
async function usedOften(observations: readonly Observation[], yieldToLoop: YieldToLoop): Promise<ReadonlySet<string>> {
  const counts = new Map<string, number>();
  const often = new Set<string>();
  const count = (phrase: string) => {
    const uses = (counts.get(phrase) ?? 0) + 1;
    counts.set(phrase, uses);
    if (uses === LEAST_USES) often.add(phrase);
  };
  for (const { words } of observations) {
    for (const [at, word] of words.entries()) {
      count(word);
      const pair = pairAt(words, at);
      if (pair !== undefined) count(pair);
    }
    await yieldToLoop();
  }
  return often;
}

function pairAt(words: readonly string[], at: number): string | undefined {
  const [first, second] = [words[at], words[at + 1]];
  return first === undefined || second === undefined ? undefined : `${first} ${second}`;
}

function countPair(background: Background, pair: string): number {
  const [first = '', second = ''] = pair.split(' ');
  return background.pairCount(first, second);
}

function use(uses: Map<string, Uses>, phrase: string, ref: string, day: string): void {
  const known = uses.get(phrase) ?? { refs: [], days: new Set(), count: 0 };
  uses.set(phrase, known);
  known.count += 1;
  known.days.add(day);
  if (known.refs.at(-1) !== ref) known.refs.push(ref);
}

function strongest(
  uses: ReadonlyMap<string, Uses>,
  own: number,
  all: number,
  allCount: (phrase: string) => number,
  isTelling: (phrase: string, uses: Uses) => boolean,
): Signature {
  return [...uses]
    .filter(([phrase, of]) => of.count >= LEAST_USES && of.refs.length >= LEAST_USES && isTelling(phrase, of))
    .map(([phrase, { count, refs }]) => {
      const total = Math.max(count, allCount(phrase));
      const z = logOddsZ(count, own, total - count, all - own, total / all);
      return { phrase, uses: count, z: round(z, 1), evidence: [...spread(refs, 3)] };
    })
    .filter(({ z }) => z >= LEAST_Z)
    .sort((a, b) => b.z - a.z || compareText(a.phrase, b.phrase))
    .slice(0, MOST_EACH);
}

function logOddsZ(count: number, total: number, othersCount: number, othersTotal: number, share: number): number {
  const prior = PRIOR * share;
  const odds = (uses: number, of: number) => Math.log((uses + prior) / Math.max(1e-9, of + PRIOR - uses - prior));
  const difference = odds(count, total) - odds(othersCount, othersTotal);
  return difference / Math.sqrt(1 / (count + prior) + 1 / (othersCount + prior));
}
