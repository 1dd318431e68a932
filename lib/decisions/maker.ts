import { explain } from './explain.ts';
import type { Policy } from './policy.ts';
import { planProduction } from './production.ts';
import { shop } from './purchases.ts';
import { stateNeeds } from './unmet-needs.ts';
import { planValidations } from './validations.ts';
import { VALIDATION } from './verdicts.ts';

/** Decides for an agent that makes goods: buys inputs, makes and offers goods, has its offers validated. */
export const decideAsMaker: Policy = (snapshot) => {
  const inputs = snapshot.me.manifest.spec.buys.filter((want) => want.product !== VALIDATION);
  const { requests, unmet, remarks } = shop(snapshot, { perBeat: 4, pairsSubjects: inputs.length > 1 });
  const production = planProduction(snapshot);
  const intents = [...production.intents, ...requests, ...planValidations(snapshot)];
  const needs = stateNeeds(
    snapshot.me.name,
    unmet.filter((want) => want.product !== VALIDATION),
  );
  return explain(snapshot, intents, needs, [...production.remarks, ...remarks]);
};
