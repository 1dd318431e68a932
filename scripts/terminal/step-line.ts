import { displayText } from '../../lib/core/display-text.ts';
import { cutText } from './cut-text.ts';
import { formatDuration } from './duration.ts';

/** Shows the current step: on a terminal in one line that is rewritten, elsewhere in a line per step. */
export interface StepLine {
  /** Begins a step, or updates the current one: `done` of its `of` parts are done. */
  readonly show: (step: string, done?: number, of?: number) => void;
  /** Prints a line that stays. */
  readonly say: (line: string) => void;
  /** Ends the step: on a terminal its line is erased. */
  readonly clear: () => void;
}

/** The part of a writable stream that the line of steps uses. */
export interface StepStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly write: (text: string) => unknown;
}

const START_OF_LINE = '\r\u001b[K';
const TICK_MS = 1000;
/** Used for a terminal that does not know its size: it reports 0. */
const DEFAULT_COLUMNS = 80;

/**
 * Creates the line of steps. On a terminal it shows how long a step has taken; elsewhere no control character is written.
 * @param isRewritten whether the stream is a terminal whose last line can be rewritten.
 */
export function createStepLine(stream: StepStream, isRewritten: boolean, nowMs: () => number): StepLine {
  let shown: { readonly step: string; readonly sinceMs: number; count: string } | undefined;
  let timer: NodeJS.Timeout | undefined;

  const draw = (): void => {
    if (shown === undefined || !isRewritten) return;
    const seconds = Math.floor((nowMs() - shown.sinceMs) / 1000);
    const text = `· ${shown.step}${shown.count}${seconds < 1 ? '' : ` (${formatDuration(seconds)})`}`;
    // One column stays free: a full line would move the cursor to the next one.
    stream.write(START_OF_LINE + cutText(displayText(text), (stream.columns || DEFAULT_COLUMNS) - 1));
  };
  const clear = (): void => {
    clearInterval(timer);
    timer = undefined;
    if (shown !== undefined && isRewritten) stream.write(START_OF_LINE);
    shown = undefined;
  };

  return {
    show: (step, done, of) => {
      const count = of === undefined ? '' : `: ${done ?? 0} of ${of}`;
      if (shown?.step !== step) {
        shown = { step, sinceMs: nowMs(), count };
        if (!isRewritten) stream.write(`${displayText(`· ${step}${of === undefined ? '' : ` (${of})`}`)}\n`);
      }
      shown.count = count;
      if (!isRewritten) return;
      timer ??= setInterval(draw, TICK_MS).unref();
      draw();
    },
    say: (line) => {
      stream.write(`${shown !== undefined && isRewritten ? START_OF_LINE : ''}${displayText(line)}\n`);
      draw();
    },
    clear,
  };
}
