import { createIndexCache } from './chat-index/index-cache.ts';
import type { ProductDefinition } from './definition.ts';
import { createRawLogs } from './raw-logs/raw-logs.ts';
import { createSkillProfiles } from './skill-profile/skill-profile.ts';
import { souls } from './soul/soul.ts';
import { createTopicMaps } from './topic-map/topic-map.ts';
import { createUserStatistics } from './user-stats/user-stats.ts';
import { createValidation } from './validation/validation.ts';
import { createVoiceProfiles } from './voice-profile/voice-profile.ts';

/** The products there are, by name, each after those that it is made from. */
export type Products = ReadonlyMap<string, ProductDefinition>;

/** Creates the products with one cache of chat for all of them: once a host, for all its agents. */
export function createProducts(): Products {
  const cache = createIndexCache();
  const replayable = byName([
    createRawLogs(cache),
    createUserStatistics(cache),
    createTopicMaps(cache),
    createSkillProfiles(cache),
    createVoiceProfiles(cache),
    souls,
  ]);
  return new Map([...replayable, ...byName([createValidation(replayable)])]);
}

function byName(definitions: readonly ProductDefinition[]): Products {
  return new Map(definitions.map((definition) => [definition.name, definition]));
}
