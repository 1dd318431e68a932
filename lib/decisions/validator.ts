import { decideAsBuyer } from './buyer.ts';
import type { Policy } from './policy.ts';

/** Decides for the validator: it shops like a buyer. Reports need no decision: they follow from the jobs. */
export const decideAsValidator: Policy = (snapshot) => {
  const decision = decideAsBuyer(snapshot);
  return decision.intents.length > 0 ? decision : { ...decision, task: 'waiting for goods to validate' };
};
