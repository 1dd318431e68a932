import { formatError } from '../../core/errors.ts';
import type { AgentName, OfferId } from '../../core/ids.ts';
import { wireId } from '../../core/ids.ts';
import type { OfferNote } from '../../market/notes/offer-note.ts';
import type { ValidationJob } from './job-note.ts';
import { FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, MAX_TRIES } from './limits.ts';
import { type FinishedReport, makeReport, type ReportPorts } from './make-report.ts';

/** Runs a validator's jobs one at a time in the background, so that beats never wait for a replay. */
export interface ReplayQueue {
  /** Returns the report on a job if it is finished; if not, starts the job when its turn comes. `now` in seconds. */
  readonly poll: (job: ValidationJob, offer: OfferNote, now: number) => FinishedReport | undefined;
  /** When a job of a seller was started last, as a number that grows; 0 if none was. Who waits longest has the next turn. */
  readonly turnOf: (seller: AgentName) => number;
  /** Drops the results of all other jobs. */
  readonly keepOnly: (offers: ReadonlySet<OfferId>) => void;
  /** Cancels the running job and resolves when it has ended. No other job starts after that. */
  readonly stop: () => Promise<void>;
  /** Resolves when no job runs. */
  readonly idle: () => Promise<void>;
}

/** The services of a replay queue. */
export interface ReplayQueuePorts extends ReportPorts {
  /** Called when a report is finished or the next job can start. */
  readonly changed: () => void;
  readonly log: (line: string) => void;
}

interface Entry {
  /** Identifies the packages of the job: with other packages it is another job. */
  readonly key: string;
  readonly tries: number;
  readonly retryAt: number;
  readonly report: FinishedReport | undefined;
}

/** Creates an empty queue. Results are only in memory: after a restart, unanswered jobs run again and give the same bytes. */
export function createReplayQueue(ports: ReplayQueuePorts): ReplayQueue {
  const entries = new Map<OfferId, Entry>();
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  const turns = new Map<AgentName, number>();
  let started = 0;

  async function work(job: ValidationJob, offer: OfferNote, entry: Entry, now: number): Promise<void> {
    const tries = entry.tries + 1;
    try {
      const report = await makeReport(job, offer, ports, tries >= MAX_TRIES, stopping.signal);
      entries.set(job.id, { ...entry, tries, report });
    } catch (error) {
      const pause = Math.min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** entry.tries);
      entries.set(job.id, { ...entry, tries, retryAt: now + pause });
      if (!stopping.signal.aborted) {
        ports.log(`validation of ${wireId(job.id)} for ${job.owner}, try ${tries}: ${formatError(error)}`);
      }
    }
  }

  return {
    poll: (job, offer, now) => {
      const key = `${job.owner} ${job.goods.setDigest} ${job.inputs.setDigest}`;
      const known = entries.get(job.id);
      const entry = known?.key === key ? known : { key, tries: 0, retryAt: 0, report: undefined };
      if (entry.report !== undefined) return entry.report;
      if (running !== undefined || stopping.signal.aborted || now < entry.retryAt) return undefined;
      entries.set(job.id, entry);
      started += 1;
      turns.set(job.owner, started);
      running = work(job, offer, entry, now).finally(() => {
        running = undefined;
        if (!stopping.signal.aborted) ports.changed();
      });
      return undefined;
    },
    turnOf: (seller) => turns.get(seller) ?? 0,
    keepOnly: (offers) => {
      for (const id of entries.keys()) if (!offers.has(id)) entries.delete(id);
    },
    stop: async () => {
      stopping.abort(new Error('the validator stops'));
      await running;
    },
    idle: async () => {
      await running;
    },
  };
}
