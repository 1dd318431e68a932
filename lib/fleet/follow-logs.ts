import { setTimeout as delay } from 'node:timers/promises';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import pMap from 'p-map';
import type { FleetUnit } from './fleet.ts';
import { type LogEvent, readLog } from './log-events.ts';

/** CloudWatch may deliver a line after later ones: each read begins this far before the newest known line, in milliseconds. */
const OVERLAP_MS = 30_000;
const AT_ONCE = 5;

/** Gives new lines of the logs at each interval, until the signal. The lines of one read are in order of time. */
export async function* followLogs(
  logs: CloudWatchLogsClient,
  units: readonly FleetUnit[],
  {
    fromMs,
    intervalMs,
    signal,
  }: { readonly fromMs: number; readonly intervalMs: number; readonly signal: AbortSignal },
): AsyncGenerator<LogEvent> {
  let seen = new Map<string, number>();
  let newestMs = fromMs;
  while (!signal.aborted) {
    const since = Math.max(fromMs, newestMs - OVERLAP_MS);
    const found: LogEvent[] = [];
    await pMap(
      units,
      async (unit) => {
        for await (const event of readLog(logs, unit, { fromMs: since })) {
          if (!seen.has(keyOf(event))) found.push(event);
        }
      },
      { concurrency: AT_ONCE },
    );
    found.sort((a, b) => a.atMs - b.atMs);
    for (const event of found) {
      seen.set(keyOf(event), event.atMs);
      newestMs = Math.max(newestMs, event.atMs);
      yield event;
    }
    // Older lines can't be read again and are forgotten.
    seen = new Map([...seen].filter(([, atMs]) => atMs >= newestMs - OVERLAP_MS));
    await delay(intervalMs, undefined, { signal }).catch(() => undefined);
  }
}

function keyOf({ unit, id }: LogEvent): string {
  return `${unit} ${id}`;
}
