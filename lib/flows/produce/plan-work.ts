import type { Hex } from 'viem';
import { formatError } from '../../core/errors.ts';
import type { OrderFact } from '../../core/facts.ts';
import { sumAtomic } from '../../core/money.ts';
import { withoutPaths } from '../../core/text.ts';
import type { Executor } from '../../core/work.ts';
import type { InputRef, PassOver, ProductDefinition, WorkOrder } from '../../products/definition.ts';
import type { ProductSettings } from '../../products/settings.ts';

/** An order with its product, and its fact for policies. */
export interface PlannedOrder {
  readonly order: WorkOrder;
  readonly definition: ProductDefinition;
  readonly fact: OrderFact;
}

/** The goods that could be made from some inputs, and the inputs that can't be used. */
export interface WorkPlan {
  readonly orders: readonly PlannedOrder[];
  /** The inputs that can't be read, from which nothing is made. */
  readonly unreadable: ReadonlySet<Hex>;
  /** One line for each unreadable input. */
  readonly problems: readonly string[];
}

/** The cost of each input in atomic units, by digest; zero for the agent's own. */
export type Costs = ReadonlyMap<Hex, bigint>;

/** Plans all products that an agent makes. Bought inputs that can't be read are left out and reported. */
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

/** Formats an error for the vault, without the file paths of this machine, because errors of work are published. */
export function problemOf(error: unknown): string {
  return withoutPaths(formatError(error), 'the file');
}

/** Adds to each order its share of the cost of its inputs. All orders made from an input share its cost. */
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
