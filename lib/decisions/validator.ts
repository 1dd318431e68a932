import { decideAsBuyer } from './buyer.ts';
import type { Policy } from './policy.ts';

/** Decides for the validator: reports follow from the jobs handed to it, so all that is left to choose is shopping. */
export const decideAsValidator: Policy = (snapshot) => {
  const decision = decideAsBuyer(snapshot);
  return decision.intents.length > 0 ? decision : { ...decision, task: 'waiting for goods to validate' };
};
