import { z } from 'zod';

const unitEntry = z.strictObject({
  unit: z.string(),
  host: z.string(),
  role: z.string(),
  secret: z.string(),
  logGroup: z.string(),
  imageParameter: z.string(),
  image: z.string().describe('The configured image; the parameter says which one it runs.'),
});

const hostEntry = z.strictObject({
  host: z.string(),
  instanceId: z.string(),
  instanceType: z.string(),
  privateIp: z.string(),
  boot: z
    .string()
    .describe(
      'Version of boot script and system image that a new machine gets; compare it with the tag Boot of the running one.',
    ),
});

/** The output `inventory` of the stack: what exists and where, for the commands that look after the fleet. */
export const inventorySchema = z.strictObject({
  apiVersion: z.literal('karmakadabra/v1'),
  kind: z.literal('FleetInventory'),
  stack: z.string(),
  accountId: z.string(),
  region: z.string(),
  placement: z.enum(['dedicated', 'packed']),
  deliveriesBucket: z.string(),
  corpusBucket: z.string(),
  unitDocument: z.string(),
  hubAddress: z.string(),
  repositories: z.strictObject({ agent: z.string(), hub: z.string() }),
  hosts: z.array(hostEntry),
  units: z.array(unitEntry),
});

/** The fleet as deployed. */
export type Inventory = z.output<typeof inventorySchema>;
