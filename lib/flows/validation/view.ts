import { isOpenState, type OfferFact } from '../../core/facts.ts';
import type { Next } from '../../core/flow.ts';
import type { AgentName, OfferId } from '../../core/ids.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { type OfferNote, offerKind, offerPath } from '../../market/notes/offer-note.ts';
import { type ValidationJob, validationJobKind } from './job-note.ts';
import { JOBS_PER_SELLER } from './limits.ts';

/** A validation as the agent sees it: its own job, a job that it is asked to do, or a report that it offers. */
export type ValidationView =
  | {
      readonly side: 'seller';
      readonly job: ValidationJob;
      readonly isOffered: boolean;
      readonly report: OfferFact | undefined;
    }
  | { readonly side: 'validator'; readonly job: ValidationJob; readonly offer: OfferNote }
  | { readonly side: 'reporter'; readonly report: OfferFact; readonly isWanted: boolean };

/** One step of a validation, safe to repeat. */
export type ValidationStep =
  | { readonly type: 'hand-over'; readonly offer: OfferId; readonly validator: AgentName }
  | { readonly type: 'renew'; readonly job: ValidationJob }
  | { readonly type: 'close'; readonly job: ValidationJob }
  | { readonly type: 'report'; readonly job: ValidationJob; readonly offer: OfferNote }
  | { readonly type: 'withdraw'; readonly report: OfferFact };

/** All validations that may need an action of this agent. */
export function readValidations(snapshot: Snapshot): readonly ValidationView[] {
  return [...ownJobs(snapshot), ...jobsToDo(snapshot), ...ownReports(snapshot)];
}

/** The agent's own jobs that are not closed yet. */
export function ownJobs({ vault, me, market }: Snapshot): readonly Extract<ValidationView, { side: 'seller' }>[] {
  return vault.notes(validationJobKind, me.name).map(({ data: job }) => ({
    side: 'seller',
    job,
    isOffered: market.myOffers.some(({ id }) => id === job.id),
    report: market.offers.find((offer) => offer.seller === job.validator && offer.report?.offer === job.id),
  }));
}

/**
 * The unanswered jobs that the agent is asked to do, oldest first and only a few of each seller. A job whose offer is gone
 * or not signed by its seller doesn't count.
 */
function jobsToDo({ vault, me, market }: Snapshot): readonly ValidationView[] {
  if (me.manifest.spec.role !== 'validator') return [];
  const answered = new Set(market.myOffers.map((offer) => offer.report?.offer));
  const sellerOf = new Map(market.offers.map((offer) => [offer.id, offer.seller]));
  const perSeller = new Map<AgentName, number>();
  return vault
    .notes(validationJobKind)
    .filter(({ data: job, path }) => job.validator === me.name && path.endsWith(`/${job.id}.md`))
    .filter(({ data: job }) => !answered.has(job.id) && sellerOf.get(job.id) === job.owner)
    .sort((a, b) => a.data.askedAt - b.data.askedAt || (a.path < b.path ? -1 : 1))
    .flatMap(({ data: job }): ValidationView[] => {
      const count = (perSeller.get(job.owner) ?? 0) + 1;
      perSeller.set(job.owner, count);
      const offer = vault.note(offerKind, offerPath(job.owner, job.id))?.data;
      return offer === undefined || count > JOBS_PER_SELLER ? [] : [{ side: 'validator', job, offer }];
    });
}

/** The reports that the agent offers although the offer that they are about is gone. */
function ownReports({ market }: Snapshot): readonly ValidationView[] {
  const live = new Set(market.offers.map(({ id }) => id));
  const wanted = new Set(market.trades.filter(({ state }) => isOpenState(state)).map(({ offer }) => offer));
  return market.myOffers
    .filter(({ report }) => report !== undefined && !live.has(report.offer))
    .map((report) => ({ side: 'reporter', report, isWanted: wanted.has(report.id) }));
}

/** What a validation needs from the agent now. Pure. URLs expire by the machine's clock. */
export function nextForValidation(
  view: ValidationView,
  { clock, draining }: Snapshot,
  urlLifeSeconds: number,
): Next<ValidationStep> {
  switch (view.side) {
    case 'seller': {
      const { job, report, isOffered } = view;
      if (report !== undefined) return { type: 'step', step: { type: 'close', job }, reason: 'the report is on offer' };
      if (!isOffered) return { type: 'step', step: { type: 'close', job }, reason: 'the offer is gone' };
      const renewAt = job.urlExpires - Math.floor(urlLifeSeconds / 2);
      if (clock < renewAt) return { type: 'wait', until: undefined, reason: 'waiting for the report' };
      return {
        type: 'step',
        step: { type: 'renew', job },
        reason: 'less than half of the lifetime of its URLs is left',
      };
    }
    case 'validator':
      // Nobody buys a new report while the swarm winds down.
      if (draining) return { type: 'wait', until: undefined, reason: 'the swarm winds down' };
      return {
        type: 'step',
        step: { type: 'report', job: view.job, offer: view.offer },
        reason: `${view.job.owner} asks for a report`,
      };
    case 'reporter':
      if (view.isWanted) return { type: 'wait', until: undefined, reason: 'the report is being bought' };
      return {
        type: 'step',
        step: { type: 'withdraw', report: view.report },
        reason: 'the offer that it is about is gone',
      };
  }
}
