import type { TerraformResource, TerraformStack } from 'cdktf';
import type { FleetConfig } from '../lib/fleet/fleet-config.ts';
import type { Names } from '../lib/fleet/fleet-names.ts';

/** What every part of the stack is built from. */
export interface FleetContext {
  readonly stack: TerraformStack;
  readonly config: FleetConfig;
  readonly names: Names;
}

/**
 * Gives a resource its name in Terraform's state. CDKTF's own would carry a hash of the construct's place; these are
 * stable when code moves, and an agent's resources are known by their names (`kk-karma-hello_role`).
 */
export function named<Resource extends TerraformResource>(resource: Resource, logicalId: string): Resource {
  resource.overrideLogicalId(logicalId);
  return resource;
}
