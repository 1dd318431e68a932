import { parseJson } from '../../core/json.ts';

/** The longest value of a document that is parsed, in bytes; messages are far shorter, also with all their attachments. */
const MAX_VALUE_BYTES = 1024 * 1024;
/** How deep a value may be nested. */
const MAX_VALUE_DEPTH = 64;
/** The longest key that a path can name, in bytes. */
const MAX_KEY_BYTES = 256;

/** A value of a document at one of the paths asked for, or that it is longer or deeper than any that is parsed. */
export type JsonValue =
  | { readonly kind: 'value'; readonly path: string; readonly value: unknown; readonly mended: boolean }
  | { readonly kind: 'too-long' };

/** Reads a JSON document piece by piece. */
export interface JsonValues {
  /** The values that end in this piece. */
  readonly write: (bytes: Uint8Array) => readonly JsonValue[];
  /** After the last piece: whether the document was whole. */
  readonly isWhole: () => boolean;
}

interface Frame {
  readonly isArray: boolean;
  key: string;
  isBeforeColon: boolean;
}

/** The value that is being read: what it is, its open brackets, and its bytes unless they are too many. */
interface Capture {
  readonly kind: 'string' | 'literal' | 'nested';
  readonly path: string;
  depth: number;
  size: number;
  chunks: Uint8Array[];
}

/**
 * Finds the values at some paths (`$.messages.*`, `$.name`) of a document of any size, in memory bounded by one of them: what
 * stands elsewhere is skipped and never held, however long. What stands between values is not validated.
 */
export function createJsonValues(paths: readonly string[]): JsonValues {
  const patterns = paths.map((path) => ({ path, keys: path.split('.').slice(1) }));
  const deepest = Math.max(...patterns.map(({ keys }) => keys.length));
  const frames: Frame[] = [];
  /** Brackets that are open below the deepest path. */
  let below = 0;
  let inString = false;
  let isEscaped = false;
  let key: number[] | undefined;
  let capture: Capture | undefined;
  let hasBegun = false;

  const pathHere = (): string | undefined => {
    if (below > 0) return undefined;
    const isHere = ({ keys }: { readonly keys: readonly string[] }) =>
      keys.length === frames.length &&
      keys.every((name, depth) => (name === '*' ? frames[depth]?.isArray === true : frames[depth]?.key === name));
    return patterns.find(isHere)?.path;
  };
  const begin = (kind: Capture['kind']): void => {
    const path = pathHere();
    if (path !== undefined) capture = { kind, path, depth: kind === 'nested' ? 1 : 0, size: 0, chunks: [] };
  };

  const write = (bytes: Uint8Array): readonly JsonValue[] => {
    const found: JsonValue[] = [];
    let from = 0;
    const keep = (end: number): void => {
      if (capture === undefined) return;
      capture.size += end - from;
      if (capture.size > MAX_VALUE_BYTES) capture.chunks = [];
      else capture.chunks.push(bytes.subarray(from, end));
    };
    const finish = (end: number): void => {
      keep(end);
      if (capture !== undefined) found.push(parsed(capture));
      capture = undefined;
    };
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (inString) {
        if (isEscaped) isEscaped = false;
        else if (byte === 0x5c) isEscaped = true;
        else if (byte === 0x22) {
          inString = false;
          const top = frames.at(-1);
          if (capture?.kind === 'string') finish(at + 1);
          else if (key !== undefined && top !== undefined) top.key = Buffer.from(key).toString('utf8');
          key = undefined;
          continue;
        }
        if (key !== undefined && byte !== undefined && key.length <= MAX_KEY_BYTES) key.push(byte);
        continue;
      }
      switch (byte) {
        case 0x22: {
          inString = true;
          if (capture !== undefined || below > 0) break;
          if (frames.at(-1)?.isBeforeColon === true) key = [];
          else {
            from = at;
            begin('string');
          }
          break;
        }
        case 0x7b:
        case 0x5b: {
          hasBegun = true;
          if (capture !== undefined) {
            capture.depth += 1;
            if (capture.depth > MAX_VALUE_DEPTH) capture.size = MAX_VALUE_BYTES + 1;
            break;
          }
          from = at;
          begin('nested');
          if (capture !== undefined) break;
          if (below > 0 || frames.length >= deepest) below += 1;
          else frames.push({ isArray: byte === 0x5b, key: '', isBeforeColon: byte === 0x7b });
          break;
        }
        case 0x7d:
        case 0x5d: {
          if (capture?.kind === 'literal') finish(at);
          if (capture !== undefined) {
            capture.depth -= 1;
            if (capture.depth === 0) finish(at + 1);
          } else if (below > 0) below -= 1;
          else frames.pop();
          break;
        }
        case 0x2c: {
          if (capture?.kind === 'literal') finish(at);
          const top = frames.at(-1);
          if (capture === undefined && below === 0 && top !== undefined) top.isBeforeColon = !top.isArray;
          break;
        }
        case 0x3a: {
          const top = frames.at(-1);
          if (capture === undefined && below === 0 && top !== undefined) top.isBeforeColon = false;
          break;
        }
        case 0x20:
        case 0x09:
        case 0x0a:
        case 0x0d:
          if (capture?.kind === 'literal') finish(at);
          break;
        default:
          if (capture === undefined && below === 0 && frames.at(-1)?.isBeforeColon === false) {
            from = at;
            begin('literal');
          }
      }
    }
    keep(bytes.length);
    return found;
  };
  return {
    write,
    isWhole: () => hasBegun && frames.length === 0 && below === 0 && capture === undefined && !inString,
  };
}

function parsed({ path, size, chunks }: Capture): JsonValue {
  if (size > MAX_VALUE_BYTES) return { kind: 'too-long' };
  const text = Buffer.concat(chunks).toString('utf8');
  return { kind: 'value', path, value: parseJson(text), mended: text.includes('\ufffd') };
}
