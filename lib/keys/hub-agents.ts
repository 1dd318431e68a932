import { type Manifest, nickOf } from '../core/manifest.ts';

/** The agents' names and nicks with the generations of their passwords, in the order of the manifests. */
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
