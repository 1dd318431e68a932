import type { Persona } from '../persona.ts';
import { ENGLISH_ENGINEERS } from './english-engineers.ts';
import { ENGLISH_MAKERS } from './english-makers.ts';
import { SPANISH_ENGINEERS } from './spanish-engineers.ts';
import { SPANISH_MAKERS } from './spanish-makers.ts';

/** Everybody of the sample but the bots. */
export const PEOPLE: readonly Persona[] = [
  ...ENGLISH_ENGINEERS,
  ...ENGLISH_MAKERS,
  ...SPANISH_ENGINEERS,
  ...SPANISH_MAKERS,
];

/** Someone who asked to be in no product; the sample's settings name it, so that the refusal can be seen at work. */
export const OPTED_OUT: readonly string[] = ['quietriver'];

/** A bot that answers commands and one that announces. */
export const COMMAND_BOT = 'beepboop_bot';
export const STREAM_BOT = 'StreamHerald';
