const MTLD_THRESHOLD = 0.72;

/**
 * The measure of textual lexical diversity: the mean length of runs of words whose type-token ratio stays above 0.72, over
 * both directions (McCarthy & Jarvis 2010, "MTLD, vocd-D, and HD-D", Behavior Research Methods 42). Hardly depends on
 * the length of the text. 0 for no words.
 */
export function mtld(words: readonly string[]): number {
  if (words.length === 0) return 0;
  return (oneWay(words) + oneWay([...words].reverse())) / 2;
}

function oneWay(words: readonly string[]): number {
  let factors = 0;
  let types = new Set<string>();
  let tokens = 0;
  for (const word of words) {
    tokens += 1;
    types.add(word);
    if (types.size / tokens > MTLD_THRESHOLD) continue;
    factors += 1;
    types = new Set();
    tokens = 0;
  }
  if (tokens > 0) factors += (1 - types.size / tokens) / (1 - MTLD_THRESHOLD);
  return factors === 0 ? words.length : words.length / factors;
}

/** Yule's K: 10,000·(Σ m²·V(m) − N)/N², with V(m) words occurring m times (Yule 1944); lower is richer. 0 for no words. */
export function yulesK(words: readonly string[]): number {
  if (words.length === 0) return 0;
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  let squares = 0;
  for (const count of counts.values()) squares += count * count;
  return (10_000 * (squares - words.length)) / (words.length * words.length);
}
