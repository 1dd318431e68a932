import { LRUCache } from 'lru-cache';
import { type Front, NOTE_LIMITS, readFront, readingOf } from './codec.ts';
import type { TreeFile } from './tree.ts';

/** How many front matters are remembered, and how many bytes of notes: those that the next paths or kinds ask for. */
const [MAX_FRONTS, MAX_BYTES] = [256, 1024 * 1024];

type Content = Buffer | 'too-large' | undefined;

/** Parses the front matter of blobs, once for all paths and kinds that have it. */
export interface Fronts {
  readonly read: (file: TreeFile, content: Content) => Front;
  /** How much the YAML parser would have to do: it isn't run. What is plain is parsed and remembered. */
  readonly measure: (file: TreeFile, content: Content) => number;
}

/** Creates {@link Fronts}. */
export function createFronts(): Fronts {
  const known = new LRUCache<string, Front>({ max: MAX_FRONTS, maxSize: MAX_BYTES });

  function read(file: TreeFile, content: Content, leavesYaml: boolean): Front {
    if (content === undefined || content === 'too-large') return unread(content);
    const { grows, maxYamlChars } = readingOf(file.path);
    const key = `${file.digest} ${grows} ${maxYamlChars}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const text = content.subarray(0, grows ? NOTE_LIMITS.maxFrontBytes : undefined).toString('utf8');
    const front = readFront(file.path, text, NOTE_LIMITS, leavesYaml);
    if (!leavesYaml || front.yamlBytes === 0) known.set(key, front, { size: text.length + 1 });
    return front;
  }

  return {
    read: (file, content) => read(file, content, false),
    measure: (file, content) => read(file, content, true).yamlBytes,
  };
}

function unread(content: 'too-large' | undefined): Front {
  return content === 'too-large'
    ? { ok: false, code: 'vault/too-large', detail: `the note is over ${NOTE_LIMITS.maxBytes} bytes`, yamlBytes: 0 }
    : { ok: false, code: 'vault/blob-missing', detail: 'the note could not be read', yamlBytes: 0 };
}
