import type { Hex } from 'viem';
import { formatError } from '../../core/errors.ts';
import type { OrderFact } from '../../core/facts.ts';
import { sumAtomic } from '../../core/money.ts';
import { withoutPaths } from '../../core/text.ts';
import type { Executor } from '../../core/work.ts';
import type { InputRef, PassOver, ProductDefinition, WorkOrder } from '../../products/definition.ts';
import type { ProductSettings } from '../../products/settings.ts';

/** An order with the product that it is for, and what policies know of it. */
export interface PlannedOrder {
  readonly order: WorkOrder;
  readonly definition: ProductDefinition;
  readonly fact: OrderFact;
}

/** What could be made from some inputs, and which of them can't be used. */
export interface WorkPlan {
  readonly orders: readonly PlannedOrder[];
  /** The inputs that can't be read. Nothing is made from them. */
  readonly unreadable: ReadonlySet<Hex>;
  /** A line for each of those. */
  readonly problems: readonly string[];
}

/** What each input cost, in atomic units, by digest; nothing for the agent's own. */
export type Costs = ReadonlyMap<Hex, bigint>;

/** Plans all products that an agent makes. Bought inputs that can't be read are left out and told. */
export async function planWork(
  definitions: readonly ProductDefinition[],
  given: { readonly inputs: readonly InputRef[]; readonly settings: ProductSettings; readonly costs: Costs },
  executor: Executor,
): Promise<WorkPlan> {
  const unreadable = new Map<Hex, string>();
  const passOver: PassOver = ({ product, digest }, error) => {
    unreadable.set(digest, `bought ${product} ${digest.slice(2, 10)} left out: ${problemOf(error)}`);
  };
  const planned: Omit<PlannedOrder, 'fact'>[] = [];
  for (const definition of definitions) {
    const orders = await definition.plan(given.inputs, given.settings, executor, passOver);
    planned.push(...orders.map((order) => ({ order, definition })));
  }
  return {
    orders: withFacts(planned, given.costs),
    unreadable: new Set(unreadable.keys()),
    problems: [...unreadable.values()],
  };
}

/** An error as a problem of work: problems are published, and where things lie on this machine is nobody's business. */
export function problemOf(error: unknown): string {
  return withoutPaths(formatError(error), 'the file');
}

/** Each order with its share of the cost of its inputs: an input's cost is shared by all orders made from it. */
function withFacts(planned: readonly Omit<PlannedOrder, 'fact'>[], costs: Costs): readonly PlannedOrder[] {
  const uses = new Map<Hex, bigint>();
  for (const { order } of planned) for (const input of order.inputs) uses.set(input, (uses.get(input) ?? 0n) + 1n);
  const share = (input: Hex): bigint => {
    const users = uses.get(input) ?? 1n;
    // Rounded up, so that the shares never add up to less than was paid.
    return ((costs.get(input) ?? 0n) + users - 1n) / users;
  };
  return planned.map(({ order, definition }) => ({
    order,
    definition,
    fact: { ...order, inputCostAtomic: sumAtomic(order.inputs.map(share)) },
  }));
}
