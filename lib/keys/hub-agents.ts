import { type Manifest, nickOf } from '../core/manifest.ts';

/** The agents as the hub knows them, with the generation of each one's password, in the order of the manifests. */
export function hubAgents(
  manifests: readonly Manifest[],
  generations: readonly { readonly hubGeneration: number }[],
): readonly { readonly name: string; readonly nick: string; readonly hubGeneration: number }[] {
  return manifests.map((manifest, place) => ({
    name: manifest.metadata.name,
    nick: nickOf(manifest),
    hubGeneration: generations[place]?.hubGeneration ?? 0,
  }));
}
