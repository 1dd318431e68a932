import { AGENT_BOUNDS, type OwnerBounds } from '../../lib/core/owner-bounds.ts';
import { runGit } from '../../lib/hub/git-run.ts';
import { createOwnerTotals } from '../../lib/hub/owner-totals.ts';

/** What the fullest agent's folder has of one bound. */
export interface OwnerShare {
  readonly folder: string;
  readonly value: number;
  /** The part of the bound that it is. */
  readonly share: number;
}

/** The fullest agent's folder of a vault by each bound. @param repository the vault's bare repository. */
export async function readOwnerShares(repository: string): Promise<Readonly<Record<keyof OwnerBounds, OwnerShare>>> {
  const head = (await runGit(['rev-parse', 'refs/heads/main'], { repository })).toString().trim();
  const totals = createOwnerTotals(repository);
  const folders = [...(await totals.at(head)).scopes.keys()].filter((folder) => folder.startsWith('agents/'));
  for (const folder of folders) await totals.withYaml(head, folder);
  const { scopes } = await totals.at(head);
  const fullest = (bound: keyof OwnerBounds): OwnerShare => {
    let most: OwnerShare = { folder: '', value: -1, share: 0 };
    for (const folder of folders) {
      const value = scopes.get(folder)?.[bound] ?? 0;
      if (value > most.value) most = { folder, value, share: value / AGENT_BOUNDS[bound] };
    }
    return most;
  };
  return {
    files: fullest('files'),
    bytes: fullest('bytes'),
    pageBytes: fullest('pageBytes'),
    yamlBytes: fullest('yamlBytes'),
  };
}
