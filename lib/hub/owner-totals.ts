import { NOTE_LIMITS } from '../vault/codec.ts';
import { yamlBytesOf } from '../vault/front-matter.ts';
import { scopeOf } from '../vault/owner-scope.ts';
import { isPage } from '../vault/paths.ts';
import { type GitPlace, listFiles, readObjects } from './git-objects.ts';

/** What the scopes of the vault hold at one head, by their folders. Immutable. */
export interface HeadTotals {
  readonly scopes: ReadonlyMap<string, ScopeTotals>;
}

/** What one scope holds; `yamlBytes` is undefined until a push brings some and it is counted. */
export interface ScopeTotals {
  readonly files: number;
  readonly bytes: number;
  readonly pageBytes: number;
  readonly yamlBytes: number | undefined;
}

/** The totals of the newest heads. */
export interface OwnerTotals {
  /** The totals of a head, counted from its tree unless they are known. */
  readonly at: (head: string) => Promise<HeadTotals>;
  /** The same with the YAML of a scope counted, too. */
  readonly withYaml: (head: string, folder: string) => Promise<HeadTotals>;
  /** Keeps what a push makes of the totals, for the next push if this one lands. */
  readonly keep: (head: string, totals: HeadTotals) => void;
}

/** Pushes that run at the same time may each end in a head; and a push may still fail, so that the one before counts. */
const KEPT_HEADS = 8;
/** What a scope without files holds. */
export const NOTHING: ScopeTotals = { files: 0, bytes: 0, pageBytes: 0, yamlBytes: 0 };

/** Creates {@link OwnerTotals}: counts a vault once, and then what each push changes. */
export function createOwnerTotals(repository: string): OwnerTotals {
  const place: GitPlace = { repository };
  const kept = new Map<string, Promise<HeadTotals>>();

  function set(head: string, totals: Promise<HeadTotals>): Promise<HeadTotals> {
    kept.delete(head);
    kept.set(head, totals);
    // What could not be counted is counted again by the next push.
    totals.catch(() => kept.get(head) === totals && kept.delete(head));
    for (const oldest of kept.keys()) if (kept.size > KEPT_HEADS) kept.delete(oldest);
    return totals;
  }

  const at = (head: string) => kept.get(head) ?? set(head, countHead(place, head));
  return {
    at,
    keep: (head, totals) => void set(head, Promise.resolve(totals)),
    withYaml: async (head, folder) => {
      const yamlBytes = await countYaml(place, head, folder);
      const { scopes } = await at(head);
      const totals = { scopes: new Map([...scopes, [folder, { ...(scopes.get(folder) ?? NOTHING), yamlBytes }]]) };
      return set(head, Promise.resolve(totals));
    },
  };
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

async function countHead(place: GitPlace, head: string): Promise<HeadTotals> {
  const scopes = new Map<string, Mutable<ScopeTotals>>();
  await listFiles(place, head, ({ path, sizeBytes }) => {
    const { folder } = scopeOf(path);
    const scope = scopes.get(folder) ?? { files: 0, bytes: 0, pageBytes: 0, yamlBytes: undefined };
    scopes.set(folder, scope);
    scope.files += 1;
    scope.bytes += sizeBytes;
    if (isPage(path)) scope.pageBytes += sizeBytes;
  });
  return { scopes };
}

async function countYaml(place: GitPlace, head: string, folder: string): Promise<number> {
  const pages: string[] = [];
  await listFiles(place, head, ({ path, digest, sizeBytes }) => {
    if (isPage(path) && sizeBytes <= NOTE_LIMITS.maxBytes && scopeOf(path).folder === folder) pages.push(digest);
  });
  let yamlBytes = 0;
  await readObjects(place, pages, (_digest, bytes) => {
    yamlBytes += yamlBytesOf(bytes.toString('utf8'));
  });
  return yamlBytes;
}
