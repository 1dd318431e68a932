import { compareText } from '../../core/text.ts';
import { DEFAULT_SETTINGS, type ProductSettings } from '../settings.ts';
import { type Library, messageCounts } from './library.ts';

/** A person of whom a profile is made. */
export interface Subject {
  readonly person: string;
  readonly messages: number;
}

/**
 * Chooses who is profiled: people with enough messages, most first, no bots, as many as the corpus and the maker allow.
 * The settings in the logs apply; the maker's own may only lower the number.
 */
export function chooseSubjects(library: Library, settings: ProductSettings): readonly Subject[] {
  const corpus = library.corpus ?? DEFAULT_SETTINGS;
  const bots = new Set([...corpus.bots, ...settings.bots]);
  return [...messageCounts(library)]
    .filter(([person, messages]) => messages >= corpus.minMessages && !bots.has(person))
    .map(([person, messages]) => ({ person, messages }))
    .sort((a, b) => b.messages - a.messages || compareText(a.person, b.person))
    .slice(0, Math.min(corpus.maxProfiles, settings.maxProfiles));
}
