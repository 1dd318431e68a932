import { styleText } from 'node:util';
import { createLogUpdate } from 'log-update';
import { type RunScreen, renderFrame } from './run-frame.ts';

/** A screen that is drawn over and over in the same place. */
export interface LiveScreen {
  readonly draw: () => void;
  /** Leaves the last frame where it is. */
  readonly close: () => void;
}

const CLEAR_SCREEN = '\u001b[2J\u001b[H';
const REDRAW_MS = 500;

/** Draws what `look` gives on a terminal, twice a second and whenever its size changes, as large as it is. */
export function openLiveScreen(stream: NodeJS.WriteStream, look: () => RunScreen): LiveScreen {
  const update = createLogUpdate(stream, { showCursor: true });
  const draw = (): void => {
    // A terminal that does not know its size says that it has none. The cursor stays on a line behind the frame.
    const size = { columns: stream.columns || 80, rows: (stream.rows || 24) - 1 };
    update(renderFrame(look(), size, (style, text) => styleText(style, text, { stream })).join('\n'));
  };
  const onResize = (): void => {
    // The terminal has wrapped and moved the lines of the old frame: nobody knows any more how many there are.
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
