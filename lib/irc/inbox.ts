import type { HeardLine } from '../core/channel.ts';

/** A bounded list of received lines: when it is full the oldest are dropped and counted. */
export interface Inbox {
  readonly put: (line: HeardLine) => void;
  /** All lines since the last drain, oldest first. */
  readonly drain: () => readonly HeardLine[];
  readonly dropped: () => number;
}

/** Creates an empty inbox. */
export function createInbox(capacity: number): Inbox {
  let lines: HeardLine[] = [];
  let dropped = 0;
  return {
    put: (line) => {
      lines.push(line);
      if (lines.length > capacity) {
        lines.shift();
        dropped += 1;
      }
    },
    drain: () => {
      const drained = lines;
      lines = [];
      return drained;
    },
    dropped: () => dropped,
  };
}
