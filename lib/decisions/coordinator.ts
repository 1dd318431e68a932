import { decideAsBuyer } from './buyer.ts';
import type { Policy } from './policy.ts';

/**
 * Decides for the coordinator: it shops like a buyer. The pages that it maintains need no decision: they follow from the
 * vault.
 */
export const decideAsCoordinator: Policy = (snapshot) => {
  const decision = decideAsBuyer(snapshot);
  return decision.intents.length > 0 ? decision : { ...decision, task: 'keeping the supply chain and the ledger' };
};
