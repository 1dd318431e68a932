/** A line of an IRC client: its command in capitals and the rest as it was written. Text is latin1, a character a byte. */
export interface IrcLine {
  readonly command: string;
  readonly rest: string;
}

/** Parses a line; tags and a prefix, which clients have no say in, are left out. Undefined for what is no command. */
export function parseIrcLine(line: string): IrcLine | undefined {
  const match = /^(?:@[^ ]+ +)?(?::[^ ]+ +)?([A-Za-z]{1,15}|\d{3})(?: +(.*))?$/.exec(line);
  return match === null ? undefined : { command: (match[1] ?? '').toUpperCase(), rest: match[2] ?? '' };
}

/** The first parameter of a line, without the colon that a last one may have. */
export function firstParameter(rest: string): string {
  return rest.startsWith(':') ? rest.slice(1) : (rest.split(' ', 1)[0] ?? '');
}

/** Cuts a stream into lines. */
export interface LineSplitter {
  /** Gives the lines that a chunk ends; undefined once a line is longer than may be held. */
  readonly take: (chunk: Buffer) => readonly string[] | undefined;
}

/**
 * Creates a {@link LineSplitter}. Carriage return and line feed both end a line, each alone too, since there are servers
 * that take it so; empty lines are left out.
 */
export function createLineSplitter(maxBytes: number): LineSplitter {
  let held = '';
  return {
    take: (chunk) => {
      const lines = (held + chunk.toString('latin1')).split(/[\r\n]/);
      held = lines.pop() ?? '';
      return held.length > maxBytes ? undefined : lines.filter((line) => line !== '');
    },
  };
}
