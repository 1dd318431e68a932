import { OPS } from '../../core/ids.ts';
import { foldNick, SWARM_CASEMAPPING } from '../../core/nick.ts';
import { formatIso, systemClock } from '../../core/time.ts';
import type { AgentHost } from '../agent-host.ts';
import { lastLookMs, openLookFile } from '../look-file.ts';
import type { StateFolder } from '../state-folder.ts';
import type { CorpusSource } from './corpus-source.ts';
import { followPace, type Pace, SLOW_BEAT_SECONDS, SLOW_DAYS, UNSEEN_SECONDS } from './pace.ts';
import { writePace } from './pace-file.ts';
import type { Services } from './services.ts';

/** What {@link startSamplePace} slows and where it looks. */
export interface SamplePaceParts {
  readonly folder: Pick<StateFolder, 'dir' | 'pace'>;
  readonly corpus: Pick<CorpusSource, 'slowTo'>;
  readonly agents: readonly Pick<AgentHost, 'stretchTo' | 'nudge'>[];
  readonly services: Pick<Services, 'nicks'>;
  /** The nicks of the agents. */
  readonly nicks: Iterable<string>;
  readonly log: (line: string) => void;
  readonly debug: (line: string) => void;
}

/** Slows a run on the sample while nobody looks, so that it may run for a week; tells it in the log and in the state folder. */
export async function startSamplePace(parts: SamplePaceParts): Promise<Pace> {
  const { folder, corpus, agents, services, log, debug } = parts;
  const own = new Set([...parts.nicks, OPS].map((nick) => foldNick(nick, SWARM_CASEMAPPING)));
  let slowSince: string | undefined;
  await writePace(folder.pace, {});
  await openLookFile(folder.dir);
  return followPace({
    now: Date.now,
    clients: () => services.nicks().filter((nick) => !own.has(foldNick(nick, SWARM_CASEMAPPING))),
    lastLookMs: () => lastLookMs(folder.dir),
    onChange: async (isSlow) => {
      corpus.slowTo(isSlow ? SLOW_DAYS : 1);
      for (const agent of agents) {
        agent.stretchTo(isSlow ? SLOW_BEAT_SECONDS : 0);
        if (!isSlow) agent.nudge();
      }
      log(
        isSlow
          ? `nobody has looked for ${UNSEEN_SECONDS / 60} minutes: days of the sample and beats are slower until somebody does`
          : 'somebody looks: days of the sample and beats come at their normal pace again',
      );
      const now = formatIso(systemClock());
      if (isSlow) slowSince = now;
      await writePace(folder.pace, isSlow ? { slowSince } : { slowSince, slowUntil: now });
    },
    debug,
  });
}
