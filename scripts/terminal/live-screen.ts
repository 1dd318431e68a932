import { styleText } from 'node:util';
import { createLogUpdate } from 'log-update';
import { type RunScreen, renderFrame } from './run-frame.ts';

/** A screen that is redrawn in the same place. */
export interface LiveScreen {
  readonly draw: () => void;
  /** Stops redrawing; the last frame stays. */
  readonly close: () => void;
}

const CLEAR_SCREEN = '\u001b[2J\u001b[H';
const REDRAW_MS = 500;

/** Draws the screen that `look` returns on a terminal, in its full size, twice a second and whenever that size changes. */
export function openLiveScreen(stream: NodeJS.WriteStream, look: () => RunScreen): LiveScreen {
  const update = createLogUpdate(stream, { showCursor: true });
  const draw = (): void => {
    // A terminal that does not know its size reports 0. The last row is free for the cursor.
    const size = { columns: stream.columns || 80, rows: (stream.rows || 24) - 1 };
    update(renderFrame(look(), size, (style, text) => styleText(style, text, { stream })).join('\n'));
  };
  const onResize = (): void => {
    // The terminal has wrapped and moved the lines of the old frame, so their number is no longer known.
    update.done();
    stream.write(CLEAR_SCREEN);
    draw();
  };
  const timer = setInterval(draw, REDRAW_MS);
  stream.on('resize', onResize);
  draw();
  return {
    draw,
    close: () => {
      clearInterval(timer);
      stream.off('resize', onResize);
      draw();
      update.done();
    },
  };
}
