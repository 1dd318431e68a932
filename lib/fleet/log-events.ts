import { type CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { askAws, awsErrorName } from '../aws/aws-failure.ts';
import type { FleetUnit } from './fleet.ts';

/** One line of a unit's log. */
export interface LogEvent {
  readonly unit: string;
  /** CloudWatch's own id: the same line seen twice has the same. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly text: string;
}

/** A span of time, in milliseconds since 1970; without an end it goes on to now. */
export interface Span {
  readonly fromMs: number;
  readonly toMs?: number;
}

/**
 * Reads the events of a unit's log in a span, oldest first, one page at a time. A unit that has never logged has none. @throws SwarmError `aws/…`.
 */
export async function* readLog(
  logs: CloudWatchLogsClient,
  { unit, logGroup }: FleetUnit,
  span: Span,
): AsyncGenerator<LogEvent> {
  let nextToken: string | undefined;
  do {
    const page = await askAws(`read the log of ${unit}`, async () => {
      try {
        return await logs.send(
          new FilterLogEventsCommand({
            logGroupName: logGroup,
            startTime: span.fromMs,
            interleaved: true,
            ...(span.toMs === undefined ? {} : { endTime: span.toMs }),
            ...(nextToken === undefined ? {} : { nextToken }),
          }),
        );
      } catch (error) {
        if (awsErrorName(error) === 'ResourceNotFoundException') return { events: [], nextToken: undefined };
        throw error;
      }
    });
    for (const { eventId = '', timestamp = 0, message = '' } of page.events ?? []) {
      yield { unit, id: eventId, atMs: timestamp, text: message };
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
}

/** Merges logs in order of time. Each must be in order itself; only one event of each is held in memory. */
export async function* mergeLogs(sources: readonly AsyncGenerator<LogEvent>[]): AsyncGenerator<LogEvent> {
  const heads = await Promise.all(sources.map(async (source) => ({ source, head: await source.next() })));
  for (;;) {
    let oldest: (typeof heads)[number] | undefined;
    for (const one of heads) {
      if (one.head.done === true) continue;
      if (oldest === undefined || oldest.head.done === true || one.head.value.atMs < oldest.head.value.atMs)
        oldest = one;
    }
    if (oldest === undefined || oldest.head.done === true) return;
    yield oldest.head.value;
    oldest.head = await oldest.source.next();
  }
}
