import { SwarmError } from '../core/errors.ts';
import { isOpen, type RollRecord } from './roll-record.ts';

/**
 * The record to resume a roll from, or to undo it with. Pure.
 * @param last the last roll of the stack.
 * @param stateDir the folder of its record, for the error.
 * @throws SwarmError `fleet/no-roll` where nothing was interrupted, or nothing was changed.
 */
export function continueRoll(
  last: RollRecord | undefined,
  direction: 'forward' | 'back',
  stateDir: string,
): RollRecord {
  const isBack = direction === 'back';
  if (last !== undefined && (isOpen(last) || (isBack && hasChanged(last)))) {
    return isBack ? { ...last, phase: 'back' } : last;
  }
  throw new SwarmError({
    code: 'fleet/no-roll',
    disposition: 'stop',
    message: isBack
      ? `${stateDir} records no roll that could be undone`
      : `${stateDir} records no roll that was interrupted`,
    next: 'Name the folder of the roll with --state. swarm-ops fleet shows what runs where.',
  });
}

function hasChanged({ units }: RollRecord): boolean {
  return units.some(({ state }) => state === 'rolled' || state === 'changing');
}
