import type { Topic } from './topics.ts';

/** One skill and its terms: whole words or phrases, matched word by word in any case, never inside a word. */
export interface Skill {
  readonly skill: string;
  readonly topic: Topic;
  readonly en: readonly string[];
  /** Spanish terms that are not English ones too; accents as written, so both spellings where people use both. */
  readonly es: readonly string[];
}

/** Creates a skill; terms are separated by commas. */
export function skill(topic: Topic, name: string, en: string, es = ''): Skill {
  const terms = (text: string) =>
    text
      .split(',')
      .map((term) => term.trim())
      .filter((term) => term !== '');
  return { skill: name, topic, en: terms(en), es: terms(es) };
}
