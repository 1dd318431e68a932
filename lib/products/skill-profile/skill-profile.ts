import { maxGoodsBytesOf } from '../../core/goods-bounds.ts';
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
import { SKILL_PROFILE_VERSION, type SkillProfile, skillProfile } from './goods.ts';
import { skillProfilePage } from './page.ts';

const PRODUCT = 'skill-profile';
const MAX_BYTES = maxGoodsBytesOf(PRODUCT);

const kind: ProfileKind = {
  product: PRODUCT,
  version: SKILL_PROFILE_VERSION,
  title: ({ person, messages }, topics) =>
    `Skills of ${person}: ${topics.length === 0 ? `${messages} messages` : topics.slice(0, 4).join(', ')}`,
  settings: { lexicon: LEXICON_VERSION },
};

/** Finds the skills: those the lexicon knows, with who asked and who answered. */
const extract: Stage<Selection, SkillProfile> = {
  name: 'extract-skills',
  version: `${SKILL_PROFILE_VERSION}.${LEXICON_VERSION}`,
  run: async (selection) => {
    const skills = await skillEvidence(selection.library, selection.person);
    return {
      product: PRODUCT,
      version: SKILL_PROFILE_VERSION,
      ...headOf(selection),
      topics: [...topicsOfSkills(skills, await topicShares(selection.library))],
      skills: skills.map((entry) => ({ ...entry, evidence: [...entry.evidence] })),
    };
  },
};

/** What somebody knows, uses and helps others with, each claim with the messages that show it. */
export function createSkillProfiles(cache: IndexCache): ProductDefinition {
  return {
    name: PRODUCT,
    version: SKILL_PROFILE_VERSION,
    from: ['raw-logs'],
    plan: (inputs, settings, _executor, passOver) => planProfiles(cache, inputs, settings, kind, passOver),
    make: (order, inputs, _settings, io) =>
      makeDocument(order, io, {
        gather: selectSubject(cache, order, inputs),
        describeGathered: describeSelection,
        find: extract,
        countFound: ({ skills }) => ({ skills: skills.length }),
      }),
    summarize: async (path) => skillProfilePage(await readJsonGoods({ path }, skillProfile, MAX_BYTES)),
  };
}
