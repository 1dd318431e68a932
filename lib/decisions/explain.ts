import type { Decision, Intent, Need } from '../core/intent.ts';
import { formatUsdc } from '../core/money.ts';
import type { Snapshot } from '../core/snapshot.ts';

/** Puts intents and remarks into a decision whose task and reason a person understands at a glance. */
export function explain(
  snapshot: Snapshot,
  intents: readonly Intent[],
  needs: readonly Need[],
  remarks: readonly string[],
): Decision {
  const first = intents[0];
  if (first !== undefined) {
    const more = intents.length > 1 ? ` and ${intents.length - 1} more` : '';
    return { intents, needs, task: `${verb(first)}${more}`, reason: first.reason };
  }
  const { budget } = snapshot.market;
  const money = `${formatUsdc(budget.availableAtomic)} of ${formatUsdc(budget.dailyAtomic)} left today`;
  const task = snapshot.draining ? 'winding down' : snapshot.work.complete ? 'resting' : snapshot.work.status;
  return { intents, needs, task, reason: [remarks[0] ?? 'nothing new that fits', money].join('; ') };
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
