import type { OwnerBounds } from '../core/owner-bounds.ts';
import { NOTE_LIMITS } from '../vault/codec.ts';
import { yamlBytesOf } from '../vault/front-matter.ts';
import { type OwnerScope, scopeOf } from '../vault/owner-scope.ts';
import { isPage } from '../vault/paths.ts';
import { type GitPlace, readObjects } from './git-objects.ts';
import { type HeadTotals, NOTHING, type OwnerTotals, type ScopeTotals } from './owner-totals.ts';

/** The change of one path from a head to a pushed one; a side is undefined where there is no file. */
export interface FileChange {
  readonly path: string;
  readonly from: SizedFile | undefined;
  readonly to: SizedFile | undefined;
}

/** One version of a file. */
export interface SizedFile {
  readonly digest: string;
  readonly sizeBytes: number;
}

/** What a push makes of the totals, and what is wrong with them. */
export interface Assessed {
  readonly totals: HeadTotals;
  readonly errors: readonly string[];
}

const BOUNDS = ['files', 'bytes', 'pageBytes', 'yamlBytes'] as const satisfies readonly (keyof OwnerBounds)[];
const WORDS: Readonly<Record<keyof OwnerBounds, string>> = {
  files: 'files',
  bytes: 'bytes of files',
  pageBytes: 'bytes of pages',
  yamlBytes: 'bytes of front matter in free-form YAML',
};

/**
 * Assesses what the scopes of the vault hold after a push: none may grow in what it has too much of. One that holds too much
 * already may still shrink.
 */
export async function assessTotals(
  place: GitPlace,
  kept: OwnerTotals,
  head: string,
  changes: readonly FileChange[],
): Promise<Assessed> {
  const byFolder = groupByFolder(changes);
  const fresh = await readYaml(
    place,
    changes.map(({ path, to }) => ({ path, file: to })),
  );
  let before = await kept.at(head);
  for (const [folder, some] of byFolder) {
    const isUnknown = before.scopes.get(folder)?.yamlBytes === undefined && before.scopes.has(folder);
    if (isUnknown && some.some(({ to }) => yamlOf(fresh, to) > 0)) before = await kept.withYaml(head, folder);
  }
  const isCounted = ({ path }: FileChange) => before.scopes.get(scopeOf(path).folder)?.yamlBytes !== undefined;
  const old = await readYaml(
    place,
    changes.filter(isCounted).map(({ path, from }) => ({ path, file: from })),
  );

  const scopes = new Map(before.scopes);
  const errors: string[] = [];
  for (const [folder, some] of byFolder) {
    const was = before.scopes.get(folder) ?? NOTHING;
    const becomes = some.reduce((sum, change) => add(add(sum, change, 'from', old), change, 'to', fresh), was);
    if (becomes.files === 0) scopes.delete(folder);
    else scopes.set(folder, becomes);
    const [first] = some;
    if (first !== undefined) errors.push(...boundErrors(scopeOf(first.path), was, becomes));
  }
  return { totals: { scopes }, errors };
}

/** Whether the scope of a path holds more than it may. */
export function isOverBounds({ scopes }: HeadTotals, path: string): boolean {
  const { folder, bounds } = scopeOf(path);
  const has = scopes.get(folder) ?? NOTHING;
  return BOUNDS.some((bound) => (has[bound] ?? 0) > bounds[bound]);
}

function groupByFolder(changes: readonly FileChange[]): ReadonlyMap<string, readonly FileChange[]> {
  const byFolder = new Map<string, FileChange[]>();
  for (const change of changes) {
    const { folder } = scopeOf(change.path);
    const some = byFolder.get(folder);
    if (some === undefined) byFolder.set(folder, [change]);
    else some.push(change);
  }
  return byFolder;
}

function boundErrors({ folder, bounds }: OwnerScope, was: ScopeTotals, becomes: ScopeTotals): readonly string[] {
  return BOUNDS.flatMap((bound) => {
    const [has, gets] = [was[bound] ?? 0, becomes[bound] ?? 0];
    if (gets <= bounds[bound] || gets <= has) return [];
    const name = folder === '' ? 'the top of the vault' : folder;
    return [
      `${name} may hold ${bounds[bound]} ${WORDS[bound]}, has ${has} and would have ${gets}; delete or shorten files there and push again`,
    ];
  });
}

function add(
  sum: ScopeTotals,
  change: FileChange,
  side: 'from' | 'to',
  yaml: ReadonlyMap<string, number>,
): ScopeTotals {
  const file = change[side];
  if (file === undefined) return sum;
  const sign = side === 'to' ? 1 : -1;
  return {
    files: sum.files + sign,
    bytes: sum.bytes + sign * file.sizeBytes,
    pageBytes: sum.pageBytes + (isPage(change.path) ? sign * file.sizeBytes : 0),
    yamlBytes:
      sum.yamlBytes === undefined
        ? undefined
        : sum.yamlBytes + (isPage(change.path) ? sign * (yaml.get(file.digest) ?? 0) : 0),
  };
}

function yamlOf(yaml: ReadonlyMap<string, number>, file: SizedFile | undefined): number {
  return file === undefined ? 0 : (yaml.get(file.digest) ?? 0);
}

/** The bytes of YAML in pages, by the id of their blob. Larger files than a note may be aren't read by anyone. */
async function readYaml(
  place: GitPlace,
  versions: readonly { readonly path: string; readonly file: SizedFile | undefined }[],
): Promise<ReadonlyMap<string, number>> {
  const digests = new Set<string>();
  for (const { path, file } of versions) {
    if (file !== undefined && isPage(path) && file.sizeBytes <= NOTE_LIMITS.maxBytes) digests.add(file.digest);
  }
  const yaml = new Map<string, number>();
  await readObjects(place, [...digests], (digest, bytes) => {
    yaml.set(digest, yamlBytesOf(bytes.toString('utf8')));
  });
  return yaml;
}
