import type { SecretStore } from '../aws/secret-store.ts';
import { formatHubLabel, isSameHub, parseLabel } from '../aws/version-label.ts';
import { STEWARD } from '../core/ids.ts';
import type { Manifest } from '../core/manifest.ts';
import { HUB } from '../fleet/fleet-names.ts';
import type { FleetSecrets } from '../fleet/fleet-secrets.ts';
import type { SecretFinding } from './assess-secret.ts';
import type { DerivedKeys } from './derived-keys.ts';
import { hubAccounts } from './hub-accounts.ts';
import { hubAgents } from './hub-agents.ts';

/**
 * Checks by the labels of versions whether the hub's secret has the same passwords as the agents' secrets. Without the keys it
 * only checks whether the hub's secret has a value.
 */
export async function assessHub(
  store: SecretStore,
  manifests: readonly Manifest[],
  { prefix, people, steward }: Pick<FleetSecrets, 'prefix' | 'people' | 'steward'>,
  keys: DerivedKeys | undefined,
): Promise<SecretFinding> {
  const state = await store.state(`${prefix}${HUB}`);
  if (state.type !== 'filled') {
    return {
      ok: false,
      finding: state.type,
      detail: state.type === 'deleting' ? 'it is scheduled for deletion' : 'run keys push',
    };
  }
  if (keys === undefined) return { ok: true, finding: 'labelled' };
  const generationOf = async (unit: string): Promise<{ readonly hubGeneration: number }> => {
    const unitState = await store.state(`${prefix}${unit}`);
    const label = unitState.type === 'filled' ? parseLabel(unitState.versionId) : undefined;
    return { hubGeneration: label?.hubGeneration ?? 0 };
  };
  const generations: { readonly hubGeneration: number }[] = [];
  for (const { metadata } of manifests) generations.push(await generationOf(metadata.name));
  const { hubGeneration } = steward ? await generationOf(STEWARD) : { hubGeneration: 0 };
  const wanted = formatHubLabel(hubAccounts(hubAgents(manifests, generations), people, keys, hubGeneration), 0);
  if (isSameHub(state.versionId, wanted)) return { ok: true, finding: 'labelled' };
  return {
    ok: false,
    finding: 'unknown',
    detail: 'its accounts or passwords are not those of the agents and people; run keys push',
  };
}
