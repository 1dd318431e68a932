/** A line of an IRC client: its command in capitals and the rest as it was written. Text is latin1, a character a byte. */
export interface IrcLine {
  readonly command: string;
  readonly rest: string;
}

/** Parses a line without tags and prefix, which clients may not set. Undefined when it has no command. */
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
  /** Returns the lines completed by a chunk; undefined once a line is longer than the limit. */
  readonly take: (chunk: Buffer) => readonly string[] | undefined;
}

/**
 * Creates a {@link LineSplitter}. CR, LF and CR LF all end a line, since some servers accept each; empty lines are left out.
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
