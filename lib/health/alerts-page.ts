import { z } from 'zod';
import type { HealthCheck } from '../core/health-check.ts';
import { OPS } from '../core/ids.ts';
import { plainText, table } from '../core/markdown.ts';
import { type NoteKind, noteEnvelope } from '../core/note.ts';
import { cleanText } from '../core/text.ts';
import { formatIso, isoTime } from '../core/time.ts';

const schema = z.strictObject({
  ...noteEnvelope.shape,
  kind: z.literal('alerts'),
  schema: z.literal(1),
  owner: z.literal(OPS),
  status: z.enum(['ok', 'degraded', 'unreachable']),
  since: isoTime,
  checks: z
    .array(
      z.strictObject({
        name: z.string().max(40),
        status: z.enum(['ok', 'degraded', 'unreachable']),
        detail: z.string().max(500),
        next: z.string().max(300),
      }),
    )
    .max(50),
});
export type Alerts = z.infer<typeof schema>;

/** The path of the page. */
export const ALERTS_PATH = 'shared/alerts.md';

/** `shared/alerts.md`: what the health loop found; rewritten when a check changes its status. */
export const alertsKind: NoteKind<Alerts> = {
  kind: 'alerts',
  version: 1,
  path: /^shared\/alerts\.md$/,
  schema,
  front: (data) => ({ ...data }),
  body: (data) =>
    [
      '# Alerts',
      '',
      data.status === 'ok' ? `All is well since ${data.since}.` : `**${data.status}** since ${data.since}.`,
      '',
      table(
        ['Check', 'Status', 'Detail', 'What to do'],
        data.checks.map((check) => [
          plainText(check.name, 40),
          check.status,
          plainText(check.detail, 500),
          plainText(check.next, 300),
        ]),
      ),
      '',
    ].join('\n'),
};

/** The page for checks at a time in seconds since 1970. Details are truncated to the limit of a note. */
export function alertsOf(checks: readonly HealthCheck[], now: number): Alerts {
  const worst = (['unreachable', 'degraded'] as const).find((status) =>
    checks.some((check) => check.status === status),
  );
  return {
    kind: 'alerts',
    schema: 1,
    id: 'alerts',
    owner: OPS,
    status: worst ?? 'ok',
    since: formatIso(now),
    checks: checks.map((check) => ({
      ...check,
      detail: cleanText(check.detail, 500),
      next: cleanText(check.next, 300),
    })),
  };
}

/** The statuses of checks as one string: two rounds with equal strings differ in details only. */
export function statusesOf(checks: readonly Pick<HealthCheck, 'name' | 'status'>[]): string {
  return checks.map(({ name, status }) => `${name}=${status}`).join(' ');
}
