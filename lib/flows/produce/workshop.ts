import { createHash } from 'node:crypto';
import type { Hex } from 'viem';
import { formatError, SwarmError } from '../../core/errors.ts';
import type { OrderFact, WorkFacts } from '../../core/facts.ts';
import { sumAtomic } from '../../core/money.ts';
import type { Me } from '../../core/snapshot.ts';
import type { VaultIndex } from '../../core/vault.ts';
import type { Executor } from '../../core/work.ts';
import type { GoodsStore } from '../../delivery/goods-store.ts';
import type { Corpus } from '../../products/corpus.ts';
import type { InputRef, MadeGoods, ProductDefinition, WorkOrder } from '../../products/definition.ts';
import { DEFAULT_SETTINGS, type ProductSettings } from '../../products/settings.ts';
import { offeredInputs, readBoughtInputs } from './inputs.ts';

/** The part of a corpus that a workshop needs. */
export type CorpusPort = Pick<Corpus, 'scan' | 'productSettings'>;

/** What a workshop works with. */
export interface WorkshopPorts {
  readonly me: Me;
  readonly definitions: ReadonlyMap<string, ProductDefinition>;
  /** The chat logs, for the agent that sells them. */
  readonly corpus: CorpusPort | undefined;
  readonly goods: GoodsStore;
  readonly executor: Executor;
  /** A folder of its own on the same file system as the goods. */
  readonly outDir: string;
  /** Milliseconds, for the chain of work's durations. */
  readonly nowMs: () => number;
  /** Called when something new can be decided. */
  readonly changed: () => void;
  readonly log: (line: string) => void;
}

/** Where goods are planned and made. Reading inputs and planning go on in the background; beats never wait for them. */
export interface Workshop {
  readonly read: (vault: VaultIndex) => Promise<WorkFacts>;
  /** Makes an order of the last plan and keeps the goods. @throws SwarmError `produce/order-gone`. */
  readonly make: (key: Hex) => Promise<MadeGoods>;
  /** The inputs of an order of the last plan or of goods made before, where they are at hand. */
  readonly inputs: (digests: readonly Hex[]) => readonly InputRef[];
  /** The settings of the last plan. */
  readonly settings: () => ProductSettings;
  /** Resolves when nothing is going on in the background. */
  readonly idle: () => Promise<void>;
}

/** Between two looks at the corpus folder at least, in milliseconds. */
const SCAN_GAP_MS = 3000;
/** The product that is offered once a day of chat: its plan depends on which days were offered before. */
const RAW_LOGS = 'raw-logs';

interface Plan {
  readonly key: string;
  readonly inputs: readonly InputRef[];
  readonly settings: ProductSettings;
  readonly orders: readonly WorkOrder[];
  readonly facts: readonly OrderFact[];
}

/** Opens an agent's workshop. An agent that sells nothing it makes gets one that is always at rest. */
export function createWorkshop(ports: WorkshopPorts): Workshop {
  const definitions = ports.me.manifest.spec.sells.flatMap((line) => ports.definitions.get(line.product) ?? []);
  let days: readonly InputRef[] | undefined = ports.corpus === undefined ? [] : undefined;
  let problems: readonly string[] = [];
  let scannedAtMs = Number.NEGATIVE_INFINITY;
  let scanning: Promise<void> | undefined;
  let planning: Promise<void> | undefined;
  let plan: Plan = { key: '', inputs: [], settings: DEFAULT_SETTINGS, orders: [], facts: [] };

  function scan(corpus: CorpusPort): void {
    if (scanning !== undefined || ports.nowMs() - scannedAtMs < SCAN_GAP_MS) return;
    scanning = corpus
      .scan()
      .then(
        (found) => {
          const current = inWindow(found.days, corpus.productSettings(new Set()).windowDays);
          const isNew = days === undefined || digestsOf(current) !== digestsOf(days);
          days = current;
          problems = found.problems.map(({ file, detail }) => `${file}: ${detail}`);
          if (isNew) ports.changed();
        },
        (error: unknown) => {
          problems = [formatError(error)];
          ports.log(`${ports.me.name}: cannot read the corpus: ${formatError(error)}`);
        },
      )
      .finally(() => {
        scannedAtMs = ports.nowMs();
        scanning = undefined;
      });
  }

  function startPlan(key: string, inputs: readonly InputRef[], settings: ProductSettings, costs: Costs): void {
    planning = planAll(definitions, inputs, settings, ports.executor)
      .then(
        (orders) => {
          plan = { key, inputs, settings, orders, facts: factsOf(orders, costs) };
          ports.changed();
        },
        (error: unknown) => {
          // Remembered as planned, or every beat would fail at the same input again; new inputs bring a new plan.
          plan = { ...plan, key, inputs, settings };
          problems = [...problems, formatError(error)];
          ports.log(`${ports.me.name}: cannot plan: ${formatError(error)}`);
        },
      )
      .finally(() => {
        planning = undefined;
      });
  }

  // Goods that were there once are not looked for again at every beat.
  const seen = new Set<Hex>();
  const held: Pick<GoodsStore, 'has' | 'path'> = {
    path: ports.goods.path,
    has: async (digest) => {
      if (!seen.has(digest) && (await ports.goods.has(digest))) seen.add(digest);
      return seen.has(digest);
    },
  };

  return {
    read: async (vault) => {
      if (definitions.length === 0) return atRest;
      if (ports.corpus !== undefined) scan(ports.corpus);
      const bought = await readBoughtInputs(vault, ports.me.name, held);
      const inputs = [...(days ?? []), ...bought];
      const alreadyOffered = offeredInputs(vault, ports.me.name, RAW_LOGS);
      const settings = ports.corpus?.productSettings(alreadyOffered) ?? { ...DEFAULT_SETTINGS, alreadyOffered };
      const key = `${digestsOf(inputs)} ${[...settings.alreadyOffered].sort().join()}`;
      const isReady = days !== undefined;
      if (isReady && key !== plan.key && planning === undefined) {
        startPlan(key, inputs, settings, new Map(bought.map(({ digest, costAtomic }) => [digest, costAtomic])));
      }
      return {
        orders: plan.facts,
        inputs: new Set(inputs.map(({ digest }) => digest)),
        complete: isReady && key === plan.key,
        status: isReady ? (key === plan.key ? 'at rest' : 'planning what to make') : 'reading the chat logs',
        problems,
      };
    },
    make: async (key) => {
      const order = plan.orders.find((one) => one.key === key);
      const definition = definitions.find(({ name }) => name === order?.product);
      if (order === undefined || definition === undefined) throw orderGone(key);
      const io = { executor: ports.executor, outDir: ports.outDir, now: ports.nowMs };
      const made = await definition.make(order, plan.inputs, plan.settings, io);
      const kept = await ports.goods.adopt(made.path);
      return { ...made, path: kept.path };
    },
    inputs: (digests) => plan.inputs.filter(({ digest }) => digests.includes(digest)),
    settings: () => plan.settings,
    idle: async () => {
      await Promise.allSettled([scanning, planning]);
    },
  };
}

const atRest: WorkFacts = { orders: [], inputs: new Set(), complete: true, status: 'at rest', problems: [] };

type Costs = ReadonlyMap<Hex, bigint>;

async function planAll(
  definitions: readonly ProductDefinition[],
  inputs: readonly InputRef[],
  settings: ProductSettings,
  executor: Executor,
): Promise<readonly WorkOrder[]> {
  const orders: WorkOrder[] = [];
  for (const definition of definitions) orders.push(...(await definition.plan(inputs, settings, executor)));
  return orders;
}

/** Each order with its share of the cost of its inputs: an input's cost is shared by all orders made from it. */
function factsOf(orders: readonly WorkOrder[], costs: Costs): readonly OrderFact[] {
  const uses = new Map<Hex, bigint>();
  for (const order of orders) for (const input of order.inputs) uses.set(input, (uses.get(input) ?? 0n) + 1n);
  const share = (input: Hex): bigint => {
    const users = uses.get(input) ?? 1n;
    // Rounded up, so that the shares never add up to less than was paid.
    return ((costs.get(input) ?? 0n) + users - 1n) / users;
  };
  return orders.map((order) => ({ ...order, inputCostAtomic: sumAtomic(order.inputs.map(share)) }));
}

function inWindow(days: readonly InputRef[], windowDays: number): readonly InputRef[] {
  if (windowDays === 0) return days;
  const labels = [...new Set(days.map(({ label }) => label))].sort().slice(-windowDays);
  return days.filter(({ label }) => labels.includes(label));
}

function digestsOf(inputs: readonly InputRef[]): string {
  const text = inputs
    .map(({ product, digest }) => `${product} ${digest}`)
    .sort()
    .join('\n');
  return createHash('sha256').update(text).digest('hex');
}

function orderGone(key: Hex): SwarmError {
  return new SwarmError({
    code: 'produce/order-gone',
    disposition: 'wait',
    message: `Work order ${key} is no longer part of the plan`,
    next: 'Nothing to do: the next beat decides by the new plan.',
  });
}
