import { ARCHIVE_FOLDER } from '../core/archive-period.ts';
import { PEOPLE, SWARM } from '../core/ids.ts';
import { AGENT_BOUNDS, ARCHIVE_BOUNDS, type OwnerBounds, PEOPLE_BOUNDS } from '../core/owner-bounds.ts';
import { isSavedCopy, pathOwner } from './paths.ts';

/** A part of the vault with bounds of its own. */
export interface OwnerScope {
  /** The folder that it is; empty for everything that is in no other scope. */
  readonly folder: string;
  readonly owner: string;
  readonly bounds: OwnerBounds;
}

/** Folders of people with bounds of their own, so that a flood in one doesn't hide another. The list is fixed: nobody can add scopes. */
const PEOPLE_FOLDERS: readonly string[] = [
  'people/wishes',
  'people/decisions',
  'people/mandates',
  'people',
  'shared/quarantine',
  'shared',
  'dashboards',
  'knowledge',
  '.obsidian',
];

/** The scope that the file at a path counts for. */
export function scopeOf(path: string): OwnerScope {
  const owner = pathOwner(path);
  // People may write these beside notes of others: they don't use up what the others may hold.
  if (owner !== PEOPLE && isSavedCopy(path)) return { folder: 'saved copies', owner: PEOPLE, bounds: PEOPLE_BOUNDS };
  if (owner === SWARM) return { folder: ARCHIVE_FOLDER, owner, bounds: ARCHIVE_BOUNDS };
  if (owner !== PEOPLE) {
    const folder = path.startsWith('agents/') ? `agents/${owner}` : `of ${owner}`;
    return { folder, owner, bounds: AGENT_BOUNDS };
  }
  const folder = PEOPLE_FOLDERS.find((name) => path.startsWith(`${name}/`)) ?? '';
  return { folder, owner, bounds: PEOPLE_BOUNDS };
}
