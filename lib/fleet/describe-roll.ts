import { formatError, SwarmError } from '../core/errors.ts';
import type { RolledUnit, RollRecord } from './roll-record.ts';
import { shortImage } from './unit-status.ts';

const WORDS: Readonly<Record<RolledUnit['state'], (image: string) => string>> = {
  rolled: (image) => `run ${image}`,
  changing: (image) => `may run either image, being changed to ${image}`,
  waiting: () => 'were not touched',
  back: () => 'are back on their old image',
  stuck: () => 'are back on their old image, but are not healthy',
};

/** Formats the progress of a roll in one line: which units run which image. */
export function describeRoll({ image, units }: RollRecord): string {
  return (['rolled', 'changing', 'back', 'stuck', 'waiting'] as const)
    .flatMap((state) => {
      const names = units.filter((one) => one.state === state).map(({ unit }) => unit);
      return names.length === 0 ? [] : [`${names.length} ${WORDS[state](shortImage(image))} (${some(names)})`];
    })
    .join('; ');
}

/** The error for a roll that can't begin because an earlier one is not over. */
export function unfinishedRoll(record: RollRecord): SwarmError {
  const what = record.phase === 'back' ? 'going back from' : 'rolling';
  return new SwarmError({
    code: 'fleet/roll-unfinished',
    disposition: 'stop',
    message: `A roll was interrupted while ${what} ${shortImage(record.image)} (begun ${record.startedAt}): ${describeRoll(record)}`,
    next: 'Resume it with swarm-ops deploy --resume, or undo it with swarm-ops deploy --back.',
  });
}

/** The error for a roll that was ended by `cause`, with the state of each of its units. */
export function brokenRoll(record: RollRecord, cause: unknown): SwarmError {
  const isAbort = cause instanceof Error && cause.name === 'AbortError';
  return new SwarmError({
    code: isAbort ? 'fleet/roll-interrupted' : 'fleet/roll-broken-off',
    disposition: 'stop',
    message: `${isAbort ? 'Interrupted' : formatError(cause)}\nThe roll is not over: ${describeRoll(record)}`,
    next: `${isAbort ? '' : 'When that is fixed: '}swarm-ops deploy --resume continues, swarm-ops deploy --back undoes it.`,
    cause,
  });
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 6).join(', ');
  return names.length > 6 ? `${shown} and ${names.length - 6} more` : shown;
}
