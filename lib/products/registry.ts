import type { ProductDefinition } from './definition.ts';
import { rawLogs } from './raw-logs/raw-logs.ts';
import { skillProfiles } from './skill-profile/skill-profile.ts';
import { souls } from './soul/soul.ts';
import { topicMaps } from './topic-map/topic-map.ts';
import { userStatistics } from './user-stats/user-stats.ts';
import { createValidation } from './validation/validation.ts';
import { voiceProfiles } from './voice-profile/voice-profile.ts';

const byName = (definitions: readonly ProductDefinition[]) =>
  new Map(definitions.map((definition) => [definition.name, definition]));

const replayable = byName([rawLogs, userStatistics, topicMaps, skillProfiles, voiceProfiles, souls]);

/** The products there are, by name, each after those that it is made from. */
export const products: ReadonlyMap<string, ProductDefinition> = new Map([
  ...replayable,
  ...byName([createValidation(replayable)]),
]);
