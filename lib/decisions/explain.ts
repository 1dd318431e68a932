import type { MarketFacts } from '../core/facts.ts';
import type { Decision, Intent, Need } from '../core/intent.ts';
import { formatUsdc } from '../core/money.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { cleanText } from '../core/text.ts';
import { awaitsFirstBudget } from './first-budget.ts';

/** The maximum length of an error of the work in the reason of a decision, in bytes. */
const MAX_ERROR_BYTES = 200;

/**
 * Creates a decision whose task and reason a person understands at a glance. Errors of the work are always part of the
 * reason, so that they reach state and log also while the agent is busy with something else.
 */
export function explain(
  snapshot: Snapshot,
  intents: readonly Intent[],
  needs: readonly Need[],
  remarks: readonly string[],
): Decision {
  const first = intents[0];
  const error = errorOf(snapshot.work.problems);
  if (first !== undefined) {
    const more = intents.length > 1 ? ` and ${intents.length - 1} more` : '';
    return { intents, needs, task: `${verb(first)}${more}`, reason: [first.reason, ...error].join('; ') };
  }
  const task = snapshot.draining ? 'winding down' : snapshot.work.complete ? 'resting' : snapshot.work.status;
  return { intents, needs, task, reason: [...circumstances(snapshot.market, remarks[0]), ...error].join('; ') };
}

/** Why nothing is done, and what is left to spend. An agent without its first budget says that it waits for it instead. */
function circumstances(market: MarketFacts, remark: string | undefined): readonly string[] {
  const { availableAtomic, dailyAtomic } = market.budget;
  if (awaitsFirstBudget(market)) {
    return [...(remark === undefined ? [] : [remark]), `waiting for its first budget of ${formatUsdc(dailyAtomic)}`];
  }
  return [remark ?? 'nothing new that fits', `${formatUsdc(availableAtomic)} of ${formatUsdc(dailyAtomic)} left today`];
}

/** The first error as one line and the number of the others; bounded, because a stranger's file may have caused it. */
function errorOf(problems: readonly string[]): readonly string[] {
  const [first] = problems;
  if (first === undefined) return [];
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return [`error: ${cleanText(first, MAX_ERROR_BYTES)}${more}`];
}

function verb(intent: Intent): string {
  switch (intent.type) {
    case 'request':
      return `buying from ${intent.seller}`;
    case 'make':
      return `making ${intent.product}`;
    case 'withdraw':
      return 'withdrawing an old offer';
    case 'validate':
      return `handing goods to ${intent.validator}`;
  }
}
