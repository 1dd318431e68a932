import { z } from 'zod';
import { type AgentName, address, agentName, OPS, productName, STEWARD, TREASURY } from './ids.ts';
import { usdcAmount } from './money.ts';

/** The roles that exist. A role names a policy in the registry of lib/decisions. */
export const ROLES = ['coordinator', 'seller', 'extractor', 'validator', 'buyer'] as const;
export const role = z.enum(ROLES, { error: `must be one of ${ROLES.join(', ')}` });
export type Role = z.infer<typeof role>;

/** Names of the swarm's services, which have accounts and machines like agents. */
const RESERVED: readonly string[] = [TREASURY, OPS, STEWARD];

const productForSale = z.strictObject({
  product: productName.describe('What is sold, as in raw-logs.'),
  price: usdcAmount.describe('USDC for one unit, a quoted decimal string as in "0.05".'),
  unit: z
    .enum(['piece', 'day'])
    .default('piece')
    .describe('Whether the price is for one piece of goods or for each day of chat in it.'),
  maxLive: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe(
      'How many offers of this product are live at most: 40 unless given, and as many as there are where the unit is a day.',
    ),
  expectedSales: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(5)
    .describe('Sales over which the cost of inputs is spread.'),
  sellBelowCost: z.boolean().default(false).describe('Whether an offer under its share of the cost is allowed.'),
});

const productWanted = z.strictObject({
  product: productName.describe('What is bought.'),
  maxPrice: usdcAmount.describe('The most it pays for one unit, USDC, a quoted decimal string.'),
  unit: z
    .enum(['piece', 'day'])
    .default('piece')
    .describe('Whether maxPrice is for one piece or for each day of chat in it.'),
  perDay: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(10)
    .describe('Purchases of this product in one budget day at most.'),
  backlogDays: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(366)
    .describe(
      'Days of chat that the treasury pays for at birth at most, whatever is on offer. For what is bought by the day.',
    ),
  topics: z
    .array(z.string().min(1).max(40))
    .max(20)
    .default([])
    .describe('Topics it cares for; offers that touch one are preferred.'),
  onlyTopics: z.boolean().default(false).describe('Whether offers that touch none of the topics are passed over.'),
  sellers: z.array(agentName).max(24).optional().describe('Buys from these only; anyone if absent.'),
});

const cronExpression = z
  .string()
  .regex(/^(\S+\s+){4,5}\S+$/, 'must be a cron expression of 5 or 6 fields, as in "*/5 * * * *"');

/** The schema of `agents/<name>/manifest.yaml`; `agents/manifest.schema.json` is generated from its input side. */
export const manifestSchema = z.strictObject({
  apiVersion: z.literal('karmakadabra/v1'),
  kind: z.literal('Agent'),
  metadata: z.strictObject({
    name: agentName
      .refine((name) => !RESERVED.includes(name), { error: 'is reserved for a service of the swarm' })
      .describe('The name of the folder, the git author and the nick.'),
    nick: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_-]{0,30}$/, 'must be letters, digits, _ and -, 31 at most')
      .optional()
      .describe('The IRC nick, where the name is longer than the server allows.'),
    description: z.string().min(1).max(200).describe('One sentence: who it is.'),
  }),
  spec: z.strictObject({
    role: role.describe('Names the policy that decides for it.'),
    wallet: z.strictObject({
      index: z.number().int().min(0).max(9999).describe("The last part of the derivation path m/44'/60'/0'/0/<index>."),
      address: address.optional().describe('Checked against the derived address where given.'),
    }),
    sells: z.array(productForSale).max(10).default([]),
    buys: z.array(productWanted).max(10).default([]),
    budget: z.strictObject({
      daily: usdcAmount.describe('USDC it may spend in one budget day.'),
      reserve: usdcAmount.describe('USDC below which it only sells.'),
    }),
    schedule: z.strictObject({
      cron: cronExpression.default('*/5 * * * *').describe('When it beats.'),
      maxJitterSeconds: z.number().int().min(0).max(300).default(20).describe('Random delay before a scheduled beat.'),
    }),
    channels: z
      .array(z.string().regex(/^#[A-Za-z0-9_-]{1,49}$/))
      .min(1)
      .max(4)
      .default(['#karmakadabra']),
  }),
});

/** A manifest as code uses it: amounts in atomic units, defaults filled in. */
export type Manifest = z.output<typeof manifestSchema>;
export type ProductForSale = Manifest['spec']['sells'][number];
export type ProductWanted = Manifest['spec']['buys'][number];

/** The nick an agent uses on IRC. */
export function nickOf(manifest: Manifest): string {
  return manifest.metadata.nick ?? manifest.metadata.name;
}

/** The nicks of agents, by name. */
export function nicksOf(manifests: readonly Manifest[]): ReadonlyMap<AgentName, string> {
  return new Map(manifests.map((manifest) => [manifest.metadata.name, nickOf(manifest)]));
}
