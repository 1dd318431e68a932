import { isAwake, type Persona } from './persona.ts';
import type { Language, SampleTopic } from './phrase-bank.ts';
import type { Random } from './random.ts';

/** Chooses who takes part, among those who are there on a day. */
export interface Casting {
  readonly asker: (topic: SampleTopic, language: Language, hour: number) => Persona | undefined;
  readonly helper: (topic: SampleTopic, language: Language, hour: number, not: Persona) => Persona | undefined;
  /** Different people with an interest in the topic; fewer than `count` when there are no more. */
  readonly crowd: (
    topic: SampleTopic,
    language: Language,
    hour: number,
    not: readonly Persona[],
    count: number,
  ) => readonly Persona[];
}

/** Whether somebody writes a language at all. */
export function speaks(persona: Persona, language: Language): boolean {
  return language === 'es' ? persona.spanish > 0 : persona.spanish < 1;
}

/** The language that somebody picks this time. */
export function languageOf(persona: Persona, random: Random): Language {
  return random.chance(persona.spanish) ? 'es' : 'en';
}

/** Creates the choice for one day. Weights: how much they talk, whether they are awake, how close the topic is. */
export function createCasting(present: readonly Persona[], random: Random): Casting {
  const weigh = (persona: Persona, language: Language, hour: number): number => {
    const fluency = language === 'es' ? persona.spanish : 1 - persona.spanish;
    return persona.activity * (isAwake(persona, hour) ? 1 : 0.04) * Math.max(fluency, 0.1);
  };
  const among = (language: Language, not: readonly Persona[]): readonly Persona[] =>
    present.filter((persona) => speaks(persona, language) && !not.includes(persona));
  return {
    asker: (topic, language, hour) =>
      random.weighted(among(language, []), (persona) => {
        if (persona.helps.includes(topic)) return 0;
        return weigh(persona, language, hour) * (persona.asks.includes(topic) ? 5 : 1);
      }),
    helper: (topic, language, hour, not) =>
      random.weighted(among(language, [not]), (persona) =>
        persona.helps.includes(topic) ? weigh(persona, language, hour) : 0,
      ),
    crowd: (topic, language, hour, not, count) => {
      const chosen: Persona[] = [];
      while (chosen.length < count) {
        const next = random.weighted(among(language, [...not, ...chosen]), (persona) => {
          const close = persona.likes.includes(topic) || persona.helps.includes(topic);
          return weigh(persona, language, hour) * (close ? 5 : 0.25);
        });
        if (next === undefined) break;
        chosen.push(next);
      }
      return chosen;
    },
  };
}
