import { EventEmitter } from 'node:events';

/** A terminal in memory: what is written to it, as a person would see it. */
export interface TerminalEmulator {
  /** As a program gets it for its output. */
  readonly stream: NodeJS.WriteStream;
  /** The lines of the screen down to the cursor or to the last one that is not empty, without spaces at their ends. */
  readonly screen: () => readonly string[];
  /** Changes the size as a window does: long lines wrap, what no longer fits goes up into the scrollback. */
  readonly resize: (columns: number, rows: number) => void;
}

const ESCAPE = /^\u001b\[([?\d;]*)([A-Za-z])/;

/**
 * Creates a terminal that knows what a line-by-line display uses: line feeds, carriage returns, wrapping, moving up and
 * down, erasing lines and the screen, and going home. Characters are one column wide.
 * @throws Error from `write` for a sequence that it doesn't know.
 */
export function createTerminalEmulator(columns: number, rows: number): TerminalEmulator {
  const events = new EventEmitter();
  const size = { columns, rows };
  /** Each line as it is on the screen, and whether it goes on in the next one. */
  let lines: { text: string; wraps: boolean }[] = [{ text: '', wraps: false }];
  let row = 0;
  let column = 0;

  const line = () => {
    while (lines.length <= row) lines.push({ text: '', wraps: false });
    const found = lines[row];
    if (found === undefined) throw new Error(`no row ${row}`);
    return found;
  };
  const scroll = (): void => {
    while (row >= size.rows) {
      lines.shift();
      row -= 1;
    }
    line();
  };
  const put = (character: string): void => {
    if (column === size.columns) {
      line().wraps = true;
      row += 1;
      column = 0;
      scroll();
    }
    const { text } = line();
    line().text = text.slice(0, column).padEnd(column) + character + text.slice(column + 1);
    column += 1;
  };
  const control = (digits: string, letter: string): void => {
    const count = Number(digits || '1');
    switch (letter) {
      case 'A':
        row = Math.max(0, row - count);
        return;
      case 'B':
        row = Math.min(size.rows - 1, row + count);
        return;
      case 'G':
        column = 0;
        return;
      case 'H':
        row = 0;
        column = 0;
        return;
      case 'K':
        line().text = digits === '2' ? '' : line().text.slice(0, column);
        line().wraps = false;
        return;
      case 'J':
        if (digits === '2') lines = [];
        else lines.length = row + 1;
        line();
        return;
      case 'm':
      case 'h':
      case 'l':
        return;
      default:
        throw new Error(`unknown control sequence: ${digits}${letter}`);
    }
  };
  const write = (text: string): boolean => {
    for (let rest = text; rest !== ''; ) {
      const found = ESCAPE.exec(rest);
      if (found !== null) {
        control(found[1] ?? '', found[2] ?? '');
        rest = rest.slice(found[0].length);
        continue;
      }
      const character = rest.slice(0, 1);
      if (character === '\r') column = 0;
      else if (character === '\n') {
        row += 1;
        column = 0;
        scroll();
      } else if (character < ' ') throw new Error(`unknown control character: ${JSON.stringify(character)}`);
      else put(character);
      rest = rest.slice(1);
    }
    return true;
  };
  const reflow = (): void => {
    const whole: string[] = [];
    let goesOn = false;
    let cursor = 0;
    lines.forEach(({ text, wraps }, number) => {
      if (goesOn) whole.push((whole.pop() ?? '') + text);
      else whole.push(text);
      goesOn = wraps;
      if (number === row) cursor = whole.length - 1;
    });
    lines = [];
    whole.forEach((text, number) => {
      const pieces = text.match(new RegExp(`.{1,${size.columns}}`, 'g')) ?? [''];
      if (number === cursor) row = lines.length + pieces.length - 1;
      for (const [at, piece] of pieces.entries()) lines.push({ text: piece, wraps: at < pieces.length - 1 });
    });
    column = Math.min(column, size.columns);
    const above = Math.max(0, lines.length - size.rows);
    lines.splice(0, above);
    row = Math.max(0, row - above);
  };

  const stream = Object.defineProperties(Object.assign(events, { isTTY: true, write }), {
    columns: { get: () => size.columns },
    rows: { get: () => size.rows },
  });
  return {
    stream: stream as unknown as NodeJS.WriteStream,
    screen: () => {
      const shown = lines.map(({ text }) => text.trimEnd());
      while (shown.length > row + 1 && shown.at(-1) === '') shown.pop();
      return shown;
    },
    resize: (newColumns, newRows) => {
      size.columns = newColumns;
      size.rows = newRows;
      reflow();
      events.emit('resize');
    },
  };
}
