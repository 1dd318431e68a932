import { z } from 'zod';
import { type AgentName, agentName } from '../core/ids.ts';
import { plainText } from '../core/markdown.ts';
import { type NoteKind, noteEnvelope } from '../core/note.ts';
import { formatDay, formatIso, formatMonth } from '../core/time.ts';

const schema = z.strictObject({
  ...noteEnvelope.shape,
  kind: z.literal('log'),
  schema: z.literal(1),
  id: z.string().regex(/^\d{4}-\d{2}-\d{2}-kk-[a-z0-9_-]+$/),
  owner: agentName,
  day: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
});
export type LogHead = z.infer<typeof schema>;

/** `agents/<name>/log/<yyyy-mm>/<yyyy-mm-dd>-<name>.md`: append only; every decision with its reason. */
export const logKind: NoteKind<LogHead> = {
  kind: 'log',
  version: 1,
  path: /^agents\/([^/]+)\/log\/\d{4}-\d{2}\/\d{4}-\d{2}-\d{2}-[^/]+\.md$/,
  schema,
  front: (data) => ({ ...data }),
  body: (data) => `# ${data.owner}, ${data.day}\n\n`,
};

/** The path of an agent's log of the day that `at` (seconds since 1970) is in, UTC. */
export function logPath(name: AgentName, at: number): string {
  return `agents/${name}/log/${formatMonth(at)}/${formatDay(at)}-${name}.md`;
}

/** The head of a day's log. */
export function logHead(name: AgentName, at: number): LogHead {
  return { kind: 'log', schema: 1, id: `${formatDay(at)}-${name}`, owner: name, day: formatDay(at) };
}

/** Formats the log lines of one beat: the decision with its reason, the outcomes, the errors. */
export function logLines(beat: {
  readonly at: number;
  readonly task: string;
  readonly reason: string;
  readonly did: readonly { readonly what: string; readonly reason: string }[];
  readonly errors: readonly string[];
}): string {
  const time = formatIso(beat.at).slice(11, 19);
  return [
    `- ${time} **${plainText(beat.task, 200)}** — ${plainText(beat.reason, 400)}\n`,
    ...beat.did.map(({ what, reason }) => `    - ${plainText(what, 300)}: ${plainText(reason, 300)}\n`),
    ...beat.errors.map((error) => `    - failed: ${plainText(error, 400)}\n`),
  ].join('');
}
