import type { ObjectInfo } from './object-file.ts';

/** What to list. */
export interface ListInput {
  readonly prefix: string;
  readonly delimiter: string;
  /** Only keys (and common prefixes) after this one. */
  readonly after: string;
  readonly maxKeys: number;
}

/** A page of a listing; `next` is what to go on after, where there is more. */
export interface ListPage {
  readonly objects: readonly ObjectInfo[];
  readonly commonPrefixes: readonly string[];
  readonly next: string | undefined;
}

/** Lists objects by the UTF-8 order of their keys, those with a delimiter after the prefix rolled up into one. */
export function listPage(all: Iterable<ObjectInfo>, input: ListInput): ListPage {
  const { prefix, delimiter, after, maxKeys } = input;
  const candidates = [...all].filter(({ key }) => key.startsWith(prefix)).sort((a, b) => compareKeys(a.key, b.key));
  const objects: ObjectInfo[] = [];
  const commonPrefixes: string[] = [];
  let last = '';
  for (const info of candidates) {
    const cut = delimiter === '' ? -1 : info.key.indexOf(delimiter, prefix.length);
    const name = cut < 0 ? info.key : info.key.slice(0, cut + delimiter.length);
    if (after !== '' && compareKeys(name, after) <= 0) continue;
    if (name === last && cut >= 0) continue;
    if (objects.length + commonPrefixes.length >= maxKeys) {
      return { objects, commonPrefixes, next: maxKeys === 0 ? undefined : last };
    }
    if (cut < 0) objects.push(info);
    else commonPrefixes.push(name);
    last = name;
  }
  return { objects, commonPrefixes, next: undefined };
}

function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
