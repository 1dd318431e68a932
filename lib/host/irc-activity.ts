import { z } from 'zod';
import type { HeardLine } from '../core/channel.ts';
import { writeDurably } from '../files/durable.ts';
import { readOwnJson } from '../files/own-json.ts';

const entry = z.object({ at: z.number(), nick: z.string(), type: z.string(), text: z.string() });
const file = z.object({
  have: z.number().int(),
  need: z.number().int(),
  answers: z.number().int(),
  deals: z.number().int(),
  settled: z.number().int(),
  lately: z.array(entry),
});

/** What was announced on the channel: totals of this run and the newest lines. Lines of people are not kept. */
export type IrcActivity = z.infer<typeof file>;

/** Counts the announcements of the swarm. */
export interface ActivityWatch {
  readonly hear: (line: HeardLine) => void;
  readonly read: () => IrcActivity;
  /** Writes what changed since the last call, for other commands to read. */
  readonly save: (path: string) => Promise<void>;
}

const KEPT_LINES = 200;

/** Creates a watch that counts the announcements of agents with the given nicks. */
export function createActivityWatch(nicks: ReadonlySet<string>): ActivityWatch {
  const activity: IrcActivity = { have: 0, need: 0, answers: 0, deals: 0, settled: 0, lately: [] };
  let isDirty = true;
  return {
    hear: (line) => {
      const said = nicks.has(line.nick) ? line.said : undefined;
      if (said === undefined) return;
      isDirty = true;
      count(activity, said.type);
      activity.lately.push({ at: line.at, nick: line.nick, type: said.type, text: line.text });
      if (activity.lately.length > KEPT_LINES) activity.lately.shift();
    },
    read: () => activity,
    save: async (path) => {
      if (!isDirty) return;
      isDirty = false;
      await writeDurably(path, `${JSON.stringify(activity)}\n`);
    },
  };
}

/** Reads the activity that a running swarm saved last; undefined when there is none. @throws SwarmError `swarm/bad-activity` */
export function readActivity(path: string): Promise<IrcActivity | undefined> {
  return readOwnJson(path, file, {
    code: 'swarm/bad-activity',
    next: 'Remove the file: the running swarm writes it again when somebody speaks on the channel.',
  });
}

function count(activity: IrcActivity, type: string): void {
  if (type === 'have') activity.have += 1;
  if (type === 'need') activity.need += 1;
  if (type === 'i-have-that' || type === 'interested') activity.answers += 1;
  if (type === 'deal') activity.deals += 1;
  if (type === 'settled') activity.settled += 1;
}
