import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import type { AwsPlace } from '../aws/aws-place.ts';
import { createClients, type FleetClients } from '../aws/clients.ts';
import { SwarmError } from '../core/errors.ts';
import { parseJson } from '../core/json.ts';
import { projectPath } from '../files/project.ts';
import { discoverFleet } from './discover-fleet.ts';
import { type Fleet, fleetOf } from './fleet.ts';
import { inventorySchema } from './fleet-inventory.ts';
import { ownConfigFile } from './own-config.ts';
import { readFleetConfig } from './read-config.ts';

/** The options that say which fleet is meant. */
export interface FleetOptions extends AwsPlace {
  /** A file with the output `inventory`. */
  readonly inventory?: string;
  /** The name of a fleet, to be found through AWS. */
  readonly stack?: string;
}

/** A fleet and the AWS clients to reach it. */
export interface FoundFleet {
  readonly fleet: Fleet;
  readonly clients: FleetClients;
}

const TERRAFORM_TIMEOUT_MS = 120_000;
/** The whole of `terraform output -json`, or the value of its output `inventory` alone. */
const outputs = z
  .object({ inventory: z.object({ value: inventorySchema }) })
  .transform(({ inventory }) => inventory.value);
const anyInventory = z.union([inventorySchema, outputs]);

/**
 * Finds the fleet, in this order: the file given, the fleet named (through AWS), what Terraform left here, the fleet
 * that infra/fleet.yaml names (through AWS). Where Terraform can't print its output and there is a configuration, the latter is
 * used: the operator role may not read the bucket of Terraform's state.
 * @param root The folder of the project.
 * @throws SwarmError `fleet/no-inventory`, `fleet/bad-inventory`, `fleet/no-machines`, `fleet/not-deployed`, `aws/…`,
 *   and `infra/bad-config`.
 */
export async function findFleet(options: FleetOptions, root = projectPath('.')): Promise<FoundFleet> {
  const { inventory, stack } = options;
  if (inventory !== undefined) return listed(await readInventory(inventory), relative('', inventory), options);
  if (stack !== undefined) return discovered(options, stack);
  const own = ownConfigFile(root);
  const folder = join(root, 'cdktf.out/stacks/fleet');
  if (existsSync(join(folder, '.terraform'))) {
    const output = await askTerraform(folder);
    if (output.text !== undefined) return listed(output.text, 'Terraform’s output', options);
    if (own === undefined) throw output.failure;
  }
  if (own !== undefined) {
    const config = readFleetConfig(own);
    return discovered({ ...options, region: options.region ?? config.region }, config.stack);
  }
  throw new SwarmError({
    code: 'fleet/no-inventory',
    disposition: 'stop',
    message:
      'It is not clear which fleet is meant: there is no infra/fleet.yaml, and no fleet was deployed from this folder',
    next: 'Name it with --stack NAME --region NAME, or give the output of terraform output -json with --inventory FILE.',
  });
}

async function discovered(options: FleetOptions, stack: string): Promise<FoundFleet> {
  const clients = createClients(options);
  return { fleet: await discoverFleet(clients, stack), clients };
}

function listed(text: string, source: string, options: FleetOptions): FoundFleet {
  const parsed = anyInventory.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new SwarmError({
      code: 'fleet/bad-inventory',
      disposition: 'stop',
      message: `${source} is not the inventory of a fleet`,
      next: 'Write it with terraform -chdir=cdktf.out/stacks/fleet output -json inventory, from the same version of this project.',
    });
  }
  const fleet = fleetOf(parsed.data, source);
  if (fleet.hosts.length === 0) {
    throw new SwarmError({
      code: 'fleet/no-machines',
      disposition: 'stop',
      message: `The fleet ${fleet.stack} has no machines yet: its images are pending`,
      next: 'Push the two images, set images in infra/fleet.yaml and run npx cdktf deploy (infra/README.md, First deploy).',
    });
  }
  return { fleet, clients: createClients({ ...options, region: fleet.region }) };
}

async function readInventory(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new SwarmError({
      code: 'fleet/bad-inventory',
      disposition: 'stop',
      message: `${file} can't be read: ${cause.code ?? cause.message}`,
      next: 'Write it with terraform -chdir=cdktf.out/stacks/fleet output -json inventory > FILE.',
    });
  });
}

/** The output of Terraform, or the error that explains why there is none. */
type TerraformOutput = { readonly text: string } | { readonly text?: undefined; readonly failure: SwarmError };

async function askTerraform(folder: string): Promise<TerraformOutput> {
  const { failed, stdout, stderr, code } = await execa(
    'terraform',
    [`-chdir=${folder}`, 'output', '-no-color', '-json', 'inventory'],
    { reject: false, timeout: TERRAFORM_TIMEOUT_MS, env: { CHECKPOINT_DISABLE: '1' } },
  );
  if (!failed) return { text: stdout };
  const said = stderr.split('\n').find((line) => /error/i.test(line));
  const failure = new SwarmError({
    code: 'fleet/no-inventory',
    disposition: 'stop',
    message: `Terraform can't print the inventory: ${said?.replace(/^[│\s]+/, '') ?? code ?? 'it failed'}`,
    next: 'Log in to AWS (the state is in a bucket), or find the fleet without Terraform: --stack NAME --region NAME.',
  });
  return { failure };
}
