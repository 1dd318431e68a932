import { round, spread } from '../text/spread.ts';
import { mtld, yulesK } from '../text/vocabulary.ts';
import type { VoiceProfile } from './goods.ts';
import type { Feature, Observation } from './observe.ts';

type Measures = VoiceProfile['measures'];

/**
 * Measures a voice. Each share comes with messages that show the feature (with any, spread over time, where none does),
 * each mean with messages of about that length.
 */
export function measure(observations: readonly Observation[]): Measures {
  const refs = observations.map(({ ref }) => ref);
  const words = observations.flatMap((observation) => observation.words);
  const anywhere = [...spread(refs, 3)];
  const wordsPerMessage = words.length / observations.length;
  const letters = words.reduce((sum, word) => sum + [...word].length, 0);
  const sentences = observations.reduce(
    (sum, { words: said, sentences: count }) => sum + (said.length > 0 ? count : 0),
    0,
  );
  const typical = [...spread(nearest(observations, wordsPerMessage), 3)];
  const having = (feature: Feature) =>
    observations.filter(({ features }) => features.has(feature)).map(({ ref }) => ref);
  const share = (shown: readonly string[], of: number) => ({
    value: of === 0 ? 0 : round(shown.length / of, 4),
    evidence: shown.length === 0 ? anywhere : [...spread(shown, 3)],
  });
  const shareOf = (feature: Feature) => share(having(feature), observations.length);
  const english = having('english');
  const spanish = having('spanish');
  return {
    questionShare: shareOf('question'),
    exclamationShare: shareOf('exclamation'),
    ellipsisShare: shareOf('ellipsis'),
    endStopShare: shareOf('endStop'),
    lowerCaseStartShare: shareOf('lowerCaseStart'),
    shoutedShare: shareOf('shouted'),
    addressedShare: shareOf('addressed'),
    actionShare: shareOf('action'),
    linkShare: shareOf('link'),
    greetingShare: shareOf('greeting'),
    thanksShare: shareOf('thanks'),
    laughterShare: shareOf('laughter'),
    emoticonShare: shareOf('emoticon'),
    emojiShare: shareOf('emoji'),
    wordsPerMessage: { value: round(wordsPerMessage, 2), evidence: typical },
    wordsPerSentence: { value: round(sentences === 0 ? 0 : words.length / sentences, 2), evidence: typical },
    lettersPerWord: { value: round(words.length === 0 ? 0 : letters / words.length, 2), evidence: typical },
    mtld: { value: round(mtld(words), 1), evidence: anywhere },
    yulesK: { value: round(yulesK(words), 1), evidence: anywhere },
    englishShare: share(english, english.length + spanish.length),
    spanishShare: share(spanish, english.length + spanish.length),
  };
}

function nearest(observations: readonly Observation[], length: number): readonly string[] {
  const distance = (observation: Observation) => Math.abs(observation.words.length - length);
  const least = Math.min(...observations.slice(0, 20_000).map(distance));
  return observations.filter((observation) => distance(observation) <= least + 0.5).map(({ ref }) => ref);
}
