import { maxGoodsBytesOf } from '../../core/goods-bounds.ts';
import type { Stage } from '../../core/work.ts';
import { digestOf } from '../../work/digest.ts';
import type { InputRef, ProductDefinition, WorkOrder } from '../definition.ts';
import { makeDocument } from '../goods/make-document.ts';
import { badGoods, readJsonGoods } from '../goods/read-goods.ts';
import { createOrder, inputsOf } from '../product-order.ts';
import { composeClaims } from './compose.ts';
import { SOUL_VERSION, type Soul, soul } from './goods.ts';
import { soulPage } from './page.ts';
import { type Pair, pairProfiles } from './pairs.ts';

const PRODUCT = 'soul';
const MAX_BYTES = maxGoodsBytesOf(PRODUCT);

const compose: Stage<Pair, Soul> = {
  name: 'compose',
  version: SOUL_VERSION,
  run: ({ skill, voice }) => ({
    product: PRODUCT,
    version: SOUL_VERSION,
    subject: skill.profile.subject,
    attribution: skill.profile.attribution === '' ? voice.profile.attribution : skill.profile.attribution,
    corpus: skill.profile.corpus === '' ? voice.profile.corpus : skill.profile.corpus,
    messages: voice.profile.messages,
    days: voice.profile.days,
    topics: skill.profile.topics,
    sources: { skillProfile: skill.input.digest, voiceProfile: voice.input.digest },
    claims: composeClaims(skill.profile, voice.profile),
  }),
};

/** Who somebody is, from what they know and how they speak: a SOUL.md with evidence. */
export const souls: ProductDefinition = {
  name: PRODUCT,
  version: SOUL_VERSION,
  from: ['skill-profile', 'voice-profile'],
  plan: async (inputs, _settings, _executor, passOver) => (await pairProfiles(inputs, passOver)).map(orderOf),
  make: (order, inputs, _settings, io) =>
    makeDocument<Pair, Soul>(order, io, {
      gather: gather(order, inputs),
      describeGathered: ({ skill, voice }) => ({
        output: digestOf({ skill: skill.profile, voice: voice.profile }),
        counts: { skills: skill.profile.skills.length, traits: voice.profile.traits.length },
      }),
      find: compose,
      countFound: ({ claims }) => ({ claims: claims.length }),
    }),
  summarize: async (path) => soulPage(await readJsonGoods({ path }, soul, MAX_BYTES)),
};

function gather(order: WorkOrder, inputs: readonly InputRef[]): Stage<undefined, Pair> {
  return {
    name: 'pair',
    version: '1',
    run: async () => {
      const sources = inputsOf(order, inputs);
      const pair = (await pairProfiles(sources)).find(({ skill }) => skill.profile.subject === order.subject);
      if (pair === undefined) throw badGoods(sources[0]?.path ?? '', `it is no profile of ${order.subject}`);
      return pair;
    },
  };
}

function orderOf({ skill, voice }: Pair): WorkOrder {
  const { subject, topics } = skill.profile;
  return createOrder({
    product: PRODUCT,
    version: SOUL_VERSION,
    subject,
    title: `Soul of ${subject}${topics.length === 0 ? '' : `: ${topics.slice(0, 3).join(', ')}`}`,
    topics,
    rank: voice.profile.messages,
    unitCount: 1,
    inputs: [skill.input.digest, voice.input.digest],
    settings: {},
  });
}
