import { type Flow, failedOutcome, type Outcome, type PlannedStep } from '../../core/flow.ts';
import { wireId } from '../../core/ids.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { handOver } from './hand-over.ts';
import { jobPath, type ValidationJob } from './job-note.ts';
import { done, VALIDATION } from './outcome.ts';
import type { ValidationPorts } from './ports.ts';
import { offerReport, withdrawReport } from './report.ts';
import { nextForValidation, ownJobs, readValidations, type ValidationStep, type ValidationView } from './view.ts';

/**
 * The validation of an offer: its seller hands goods and inputs to a validator, which replays them in the background and
 * offers that seller a signed report. This flow has both sides; buying the report is an ordinary trade.
 */
export function createValidationFlow(ports: ValidationPorts): Flow<ValidationView, ValidationStep> {
  return {
    name: VALIDATION,
    read: (snapshot) => readValidations(snapshot),
    next: (view, snapshot) => nextForValidation(view, snapshot, ports.urlLifeSeconds),
    begin: (intent, snapshot) => {
      if (intent.type !== 'validate' || snapshot.draining) return undefined;
      // One at a time: an open job must be answered first.
      if (ownJobs(snapshot).some(({ report, isOffered }) => report === undefined && isOffered)) return undefined;
      if (!snapshot.market.myOffers.some(({ id }) => id === intent.offer)) return undefined;
      return {
        step: { type: 'hand-over', offer: intent.offer, validator: intent.validator },
        reason: intent.reason,
      };
    },
    perform: async (steps, snapshot) => {
      const asked = steps.flatMap(({ step }) => (step.type === 'report' ? [step.job.id] : []));
      ports.replays?.keepOnly(new Set(asked));
      const outcomes: Outcome[] = [];
      for (const planned of inTurn(steps, ports)) {
        const outcome = await attempt(planned, snapshot, ports);
        if (outcome !== undefined) outcomes.push(outcome);
      }
      return outcomes;
    },
  };
}

/** Sellers' jobs in turn: one whose packages never come, or who asks anew each time, doesn't hold up the others' jobs. */
function inTurn(
  steps: readonly PlannedStep<ValidationStep>[],
  { replays }: Pick<ValidationPorts, 'replays'>,
): readonly PlannedStep<ValidationStep>[] {
  const turnOf = ({ step }: PlannedStep<ValidationStep>): number =>
    step.type === 'report' ? (replays?.turnOf(step.job.owner) ?? 0) : 0;
  return [...steps].sort((a, b) => turnOf(a) - turnOf(b));
}

async function attempt(
  { step, reason }: PlannedStep<ValidationStep>,
  snapshot: Snapshot,
  ports: ValidationPorts,
): Promise<Outcome | undefined> {
  try {
    return await perform(step, reason, snapshot, ports);
  } catch (error) {
    const id = step.type === 'hand-over' ? step.offer : step.type === 'withdraw' ? step.report.id : step.job.id;
    return failedOutcome(VALIDATION, `${step.type} ${wireId(id)}`, error);
  }
}

async function perform(
  step: ValidationStep,
  reason: string,
  snapshot: Snapshot,
  ports: ValidationPorts,
): Promise<Outcome | undefined> {
  switch (step.type) {
    case 'hand-over':
      return await handOver(step, reason, snapshot, ports);
    case 'renew': {
      const { job } = step;
      const renewal = { offer: job.id, validator: job.validator, since: job.askedAt };
      // Goods that can no longer be handed over need no report.
      return (await handOver(renewal, reason, snapshot, ports)) ?? close(step.job.id, reason, snapshot);
    }
    case 'close':
      return close(step.job.id, reason, snapshot);
    case 'report':
      return await offerReport(step, reason, snapshot, ports);
    case 'withdraw':
      return await withdrawReport(step, reason, snapshot, ports);
  }
}

function close(offer: ValidationJob['id'], reason: string, { me }: Snapshot): Outcome {
  const operation = { op: 'delete' as const, path: jobPath(me.name, offer) };
  return done(`closed the validation job for ${wireId(offer)}`, reason, [operation]);
}
