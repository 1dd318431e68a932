import { explain } from './explain.ts';
import type { Policy } from './policy.ts';
import { shop } from './purchases.ts';
import { stateNeeds } from './unmet-needs.ts';

/** Decides for a community agent: buys what it wants within its budget, and states its unmet needs. */
export const decideAsBuyer: Policy = (snapshot) => {
  const { requests, unmet, remarks } = shop(snapshot, { perBeat: 2, pairsSubjects: false });
  return explain(snapshot, requests, stateNeeds(snapshot.me.name, unmet), remarks);
};
