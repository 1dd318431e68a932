import { maxGoodsBytesOf } from '../../core/goods-bounds.ts';
import { compareText } from '../../core/text.ts';
import type { Stage } from '../../core/work.ts';
import type { IndexCache } from '../chat-index/index-cache.ts';
import { type ProfileKind, planProfiles } from '../chat-index/profile-orders.ts';
import { describeSelection, headOf, type Selection, selectSubject } from '../chat-index/select.ts';
import { skillEvidence, topicsOfSkills } from '../chat-index/skill-evidence.ts';
import { topicShares } from '../chat-index/topic-baseline.ts';
import type { ProductDefinition } from '../definition.ts';
import { makeDocument } from '../goods/make-document.ts';
import { readJsonGoods } from '../goods/read-goods.ts';
import { LEXICON_VERSION } from '../lexicon/match.ts';
import { spread } from '../text/spread.ts';
import { createYieldToLoop } from '../yield-to-loop.ts';
import { VOICE_PROFILE_VERSION, type VoiceProfile, voiceProfile } from './goods.ts';
import { measure } from './measure.ts';
import { type Observation, observe } from './observe.ts';
import { voiceProfilePage } from './page.ts';
import { signatureOf } from './signature.ts';
import { traitsOf } from './traits.ts';

const PRODUCT = 'voice-profile';
const MAX_BYTES = maxGoodsBytesOf(PRODUCT);

const kind: ProfileKind = {
  product: PRODUCT,
  version: VOICE_PROFILE_VERSION,
  title: ({ person, messages }) => `Voice of ${person}, heard in ${messages} messages`,
  settings: { lexicon: LEXICON_VERSION },
};

/**
 * The maximum number of words of one person that are listened to, the newest: each takes about 0.3 KB. The most talkative of
 * half a year of #ubuntu wrote 72,000.
 */
const MAX_WORDS = 400_000;

/** Listens to a person's messages and compares them with everyone's. */
const listen: Stage<Selection, VoiceProfile> = {
  name: 'listen',
  version: `${VOICE_PROFILE_VERSION}.${LEXICON_VERSION}`,
  run: async (selection) => {
    const { library, person, selected } = selection;
    const yieldToLoop = createYieldToLoop();
    const observations: Observation[] = [];
    let words = 0;
    for (const spoken of [...selected].reverse()) {
      const observation = observe(spoken);
      words += observation.words.length;
      if (words > MAX_WORDS) break;
      observations.push(observation);
      await yieldToLoop();
    }
    observations.reverse();
    const hours = Array.from({ length: 24 }, (_, hour) => observations.filter((seen) => seen.hour === hour).length);
    const measures = measure(observations);
    const anywhere = spread(
      observations.map(({ ref }) => ref),
      3,
    );
    return {
      product: PRODUCT,
      version: VOICE_PROFILE_VERSION,
      ...headOf(selection),
      topics: [...topicsOfSkills(await skillEvidence(library, person), await topicShares(library))],
      measures,
      traits: traitsOf(measures, hours, anywhere),
      signature: await signatureOf(library, observations),
      greetings: mostUsed(observations, ({ greeting }) => (greeting === undefined ? [] : [greeting]), 6).map(
        ({ key, ...rest }) => ({ phrase: key, ...rest }),
      ),
      emoticons: mostUsed(observations, ({ signs }) => signs, 8).map(({ key, ...rest }) => ({ sign: key, ...rest })),
      hours,
    };
  },
};

function mostUsed(
  observations: readonly Observation[],
  keysOf: (seen: Observation) => readonly string[],
  most: number,
) {
  const uses = new Map<string, string[]>();
  for (const seen of observations) {
    for (const key of keysOf(seen)) {
      const refs = uses.get(key) ?? [];
      refs.push(seen.ref);
      uses.set(key, refs);
    }
  }
  return [...uses]
    .sort(([a, refsA], [b, refsB]) => refsB.length - refsA.length || compareText(a, b))
    .slice(0, most)
    .map(([key, refs]) => ({ key, uses: refs.length, evidence: [...spread([...new Set(refs)], 3)] }));
}

/** How somebody sounds: length, vocabulary, tone, habits and the phrases that give them away. */
export function createVoiceProfiles(cache: IndexCache): ProductDefinition {
  return {
    name: PRODUCT,
    version: VOICE_PROFILE_VERSION,
    from: ['raw-logs'],
    plan: (inputs, settings, _executor, passOver) => planProfiles(cache, inputs, settings, kind, passOver),
    make: (order, inputs, _settings, io) =>
      makeDocument(order, io, {
        gather: selectSubject(cache, order, inputs),
        describeGathered: describeSelection,
        find: listen,
        countFound: ({ traits, signature }) => ({ traits: traits.length, phrases: signature.length }),
      }),
    summarize: async (path) => voiceProfilePage(await readJsonGoods({ path }, voiceProfile, MAX_BYTES)),
  };
}
