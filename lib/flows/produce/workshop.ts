import { createHash } from 'node:crypto';
import type { Hex } from 'viem';
import { formatError } from '../../core/errors.ts';
import { idleWork, type OrderFact, type WorkFacts } from '../../core/facts.ts';
import type { Me } from '../../core/snapshot.ts';
import type { VaultIndex } from '../../core/vault.ts';
import type { Executor } from '../../core/work.ts';
import type { GoodsStore } from '../../delivery/goods-store.ts';
import type { Corpus } from '../../products/corpus.ts';
import { CHAT, type InputRef, type MadeGoods, type ProductDefinition } from '../../products/definition.ts';
import { isUnreadable } from '../../products/goods/read-goods.ts';
import { DEFAULT_SETTINGS, type ProductSettings, type SharedSettings } from '../../products/settings.ts';
import { offeredInputs, readBoughtInputs } from './inputs.ts';
import { type Costs, type PlannedOrder, planWork, problemOf, type WorkPlan } from './plan-work.ts';

/** The part of a {@link Corpus} that a workshop uses. */
export type CorpusPort = Pick<Corpus, 'scan' | 'productSettings'>;

/** The services of a workshop. */
export interface WorkshopPorts {
  readonly me: Me;
  readonly definitions: ReadonlyMap<string, ProductDefinition>;
  /** The chat logs, for the agent that sells them. */
  readonly corpus: CorpusPort | undefined;
  readonly goods: GoodsStore;
  readonly executor: Executor;
  /** A folder for the workshop alone, on the same file system as the goods. */
  readonly outDir: string;
  /** A clock in milliseconds, for the durations in the chain of work. */
  readonly nowMs: () => number;
  /** Called when there is something new to decide. */
  readonly changed: () => void;
  readonly log: (line: string) => void;
}

/** Plans and makes goods. Inputs are read and plans are made in the background; beats never wait for them. */
export interface Workshop {
  readonly read: (vault: VaultIndex) => Promise<WorkFacts>;
  /**
   * Makes an order that `read` returned, by the plan that it came from, and keeps the goods. Returns undefined if a day that
   * it is made from was replaced or must not be used any more.
   */
  readonly make: (order: OrderFact) => Promise<MadeGoods | undefined>;
  /** Returns those inputs of an order (of the last plan or of goods made before) that are on this disk. */
  readonly inputs: (digests: readonly Hex[]) => readonly InputRef[];
  /** Returns the settings with which goods were made: those stored in them, else those of the last plan. @throws SwarmError `products/bad-goods`. */
  readonly settingsOf: (product: string, digest: Hex) => Promise<SharedSettings>;
  /** Resolves when no work runs in the background. */
  readonly idle: () => Promise<void>;
}

/** The minimum time between two scans of the corpus folder, in milliseconds. */
const SCAN_GAP_MS = 3000;
/** A plan that failed or left inputs out is retried after this, in milliseconds, because somebody may have corrected them. */
const TRY_AGAIN_MS = 600_000;
/** The product that is offered once for each day of chat: its plan depends on the days that were offered before. */
const RAW_LOGS = 'raw-logs';

/** The last plan with its inputs. A failed one keeps everything of the plan before except the key. */
interface Plan extends WorkPlan {
  readonly key: string;
  readonly inputs: readonly InputRef[];
  readonly settings: ProductSettings;
  readonly hasFailed: boolean;
  readonly plannedAtMs: number;
}

/** What is needed to make an order, also after a newer plan. */
interface Making extends PlannedOrder {
  readonly inputs: readonly InputRef[];
  readonly settings: ProductSettings;
}

/** Opens an agent's workshop. It does nothing for an agent that sells no goods of its own making. */
export function createWorkshop(ports: WorkshopPorts): Workshop {
  const definitions = ports.me.manifest.spec.sells.flatMap((line) => ports.definitions.get(line.product) ?? []);
  let days: Days | undefined = ports.corpus === undefined ? { current: [], past: [] } : undefined;
  let scanProblems: readonly string[] = [];
  let scannedAtMs = Number.NEGATIVE_INFINITY;
  let scanning: Promise<void> | undefined;
  let planning: Promise<void> | undefined;
  let plan = unplanned;
  const makings = new WeakMap<OrderFact, Making>();
  /** The orders that could not be made from their inputs, by key, and when. */
  const failed = new Map<Hex, number>();

  const isBarred = (key: Hex) => ports.nowMs() - (failed.get(key) ?? Number.NEGATIVE_INFINITY) < TRY_AGAIN_MS;

  function scan(corpus: CorpusPort): void {
    if (scanning !== undefined || ports.nowMs() - scannedAtMs < SCAN_GAP_MS) return;
    scanning = corpus
      .scan()
      .then(
        (found) => {
          const before = days;
          days = divide(found.days, corpus.productSettings(new Set()).windowDays);
          const isNew = before === undefined || digestsOf(days.current) !== digestsOf(before.current);
          scanProblems = found.problems.map(({ file, detail }) => `${file}: ${detail}`);
          if (isNew) ports.changed();
        },
        (error: unknown) => {
          scanProblems = [problemOf(error)];
          ports.log(`${ports.me.name}: cannot read the corpus: ${formatError(error)}`);
        },
      )
      .finally(() => {
        scannedAtMs = ports.nowMs();
        scanning = undefined;
      });
  }

  function startPlan(key: string, inputs: readonly InputRef[], settings: ProductSettings, costs: Costs): void {
    planning = planWork(definitions, { inputs, settings, costs }, ports.executor)
      .then(
        (found) => {
          plan = { ...found, key, inputs, settings, hasFailed: false, plannedAtMs: ports.nowMs() };
          for (const one of found.orders) makings.set(one.fact, { ...one, inputs, settings });
          for (const barred of failed.keys()) if (!isBarred(barred)) failed.delete(barred);
          for (const problem of found.problems) ports.log(`${ports.me.name}: ${problem}`);
          ports.changed();
        },
        (error: unknown) => {
          // The failed plan is cached by its key, or every beat would fail at the same input again.
          const failure = `cannot plan what to make: ${problemOf(error)}`;
          plan = { ...plan, key, problems: [failure], hasFailed: true, plannedAtMs: ports.nowMs() };
          ports.log(`${ports.me.name}: cannot plan: ${formatError(error)}`);
        },
      )
      .finally(() => {
        planning = undefined;
      });
  }

  // Goods that were found once are not looked up again in every beat.
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
      if (definitions.length === 0) return idleWork;
      if (ports.corpus !== undefined) scan(ports.corpus);
      const bought = await readBoughtInputs(vault, ports.me.name, held);
      const inputs = [...(days?.current ?? []), ...bought];
      const past = new Set(days?.past.map(({ digest }) => digest));
      const holding = new Set([...inputs.map(({ digest }) => digest), ...past]);
      const alreadyOffered = offeredInputs(vault, ports.me.name, RAW_LOGS, holding);
      const settings = ports.corpus?.productSettings(alreadyOffered) ?? { ...DEFAULT_SETTINGS, alreadyOffered };
      const key = `${digestsOf(inputs)} ${JSON.stringify({ ...settings, alreadyOffered: [...alreadyOffered].sort() })}`;
      const isReady = days !== undefined;
      const isOverdue = plan.problems.length > 0 && ports.nowMs() - plan.plannedAtMs >= TRY_AGAIN_MS;
      if (isReady && (key !== plan.key || isOverdue) && planning === undefined) {
        startPlan(key, inputs, settings, new Map(bought.map(({ digest, costAtomic }) => [digest, costAtomic])));
      }
      const usable = new Set(inputs.map(({ digest }) => digest).filter((digest) => !plan.unreadable.has(digest)));
      return {
        // While a new plan is made, only those orders of the last one count whose inputs are all still there.
        orders: plan.orders
          .map(({ fact }) => fact)
          .filter((order) => !isBarred(order.key) && order.inputs.every((input) => usable.has(input))),
        inputs: usable,
        past,
        complete: isReady && key === plan.key && !plan.hasFailed,
        status: statusOf(isReady, key === plan.key, plan),
        problems: [...scanProblems, ...plan.problems],
      };
    },
    make: async (fact) => {
      const making = makings.get(fact);
      if (making === undefined || !areDaysInUse(making, days)) return undefined;
      const { order, definition, inputs, settings } = making;
      const io = { executor: ports.executor, outDir: ports.outDir, now: ports.nowMs };
      const made = await definition.make(order, inputs, settings, io).catch((error: unknown) => {
        // What could be planned but not made is planned again, without the input that was found unreadable.
        if (isUnreadable(error)) {
          failed.set(order.key, ports.nowMs());
          plan = { ...plan, key: '' };
        }
        throw error;
      });
      const kept = await ports.goods.adopt(made.path);
      return { ...made, path: kept.path };
    },
    inputs: (digests) => plan.inputs.filter(({ digest }) => digests.includes(digest)),
    settingsOf: async (product, digest) => {
      const carried = ports.definitions.get(product)?.carriedSettings;
      return carried === undefined ? plan.settings : await carried(ports.goods.path(digest));
    },
    idle: async () => {
      await Promise.allSettled([scanning, planning]);
    },
  };
}

const unplanned: Plan = {
  key: '',
  inputs: [],
  settings: DEFAULT_SETTINGS,
  orders: [],
  unreadable: new Set(),
  problems: [],
  hasFailed: false,
  plannedAtMs: 0,
};

function statusOf(isReady: boolean, isPlanned: boolean, { hasFailed }: Plan): string {
  if (!isReady) return 'reading the chat logs';
  if (!isPlanned) return 'planning what to make';
  return hasFailed ? 'unable to plan what to make' : 'at rest';
}

/** The days of the corpus: those that products use, and those before the window. */
interface Days {
  readonly current: readonly InputRef[];
  readonly past: readonly InputRef[];
}

function divide(days: readonly InputRef[], windowDays: number): Days {
  const labels = [...new Set(days.map(({ label }) => label))].sort();
  const oldest = windowDays === 0 ? '' : (labels.slice(-windowDays)[0] ?? '');
  return {
    current: days.filter(({ label }) => label >= oldest),
    past: days.filter(({ label }) => label < oldest),
  };
}

/** Whether all days of chat that an order is made from are unchanged: a day changes when somebody opts out. */
function areDaysInUse({ order, inputs }: Making, days: Days | undefined): boolean {
  const wanted = new Set(order.inputs);
  const known = new Set([...(days?.current ?? []), ...(days?.past ?? [])].map(({ digest }) => digest));
  return inputs.every(({ product, digest }) => product !== CHAT || !wanted.has(digest) || known.has(digest));
}

function digestsOf(inputs: readonly InputRef[]): string {
  const text = inputs
    .map(({ product, digest }) => `${product} ${digest}`)
    .sort()
    .join('\n');
  return createHash('sha256').update(text).digest('hex');
}
