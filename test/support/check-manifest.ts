import { assessManifest, badManifests } from '../../lib/core/check-manifest.ts';
import type { Manifest } from '../../lib/core/manifest.ts';

/** The manifest of parsed YAML, with its defaults. @throws SwarmError `core/bad-manifest` as a start of the swarm does. */
export function checkManifest(value: unknown, file: string): Manifest {
  const verdict = assessManifest(value, file);
  if (verdict.ok) return verdict.manifest;
  throw badManifests(verdict.errors);
}
