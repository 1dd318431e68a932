import { MAX_HEARTBEAT_AGE_SECONDS } from '../../core/heartbeat-age.ts';

/**
 * The content of `beat.json` in a container's state folder, for its health check. The check runs every half minute in
 * every container, so this file imports next to nothing.
 */
export interface BeatFile {
  /** The agent's name, or `the steward`. */
  readonly unit: string;
  /** Seconds since 1970. */
  readonly at: number;
  readonly everySeconds: number;
  /** When a write of this container was last pushed to the hub, in seconds since 1970; 0 for never. */
  readonly landedAt: number;
  /** What the container waits for before it can beat; empty when it beats. */
  readonly waitsFor: string;
}

/** The name of the file in the state folder. */
export const BEAT_FILE = 'beat.json';

/** How many missed beats make a container unhealthy, and the extra time for slow beats. */
const SILENT_BEATS = 4;
const GRACE_SECONDS = 60;
/** How much longer than a beat a push may take, since the hub may be restarting. */
const PUSH_GRACE_SECONDS = 300;

/** Assesses the text of a container's `beat.json`, undefined when absent. `line` gives the reason. */
export function assessBeat(
  text: string | undefined,
  nowSeconds: number,
): { readonly isHealthy: boolean; readonly line: string } {
  const beat = parseBeat(text);
  if (beat === undefined) return { isHealthy: false, line: 'it has not beaten yet' };
  const { unit, at, everySeconds, landedAt, waitsFor } = beat;
  if (waitsFor !== '') return { isHealthy: false, line: `${unit} waits for ${waitsFor}` };
  if (at === 0) return { isHealthy: false, line: `${unit} has not beaten yet` };
  const allowed = SILENT_BEATS * everySeconds + GRACE_SECONDS;
  const age = Math.round(nowSeconds - at);
  if (age > allowed) return { isHealthy: false, line: `${unit} last beat ${age} s ago; ${allowed} s are allowed` };
  const unrecorded = Math.round(nowSeconds - landedAt);
  if (unrecorded > Math.max(allowed, MAX_HEARTBEAT_AGE_SECONDS) + PUSH_GRACE_SECONDS) {
    const since = landedAt === 0 ? 'nothing it wrote was pushed' : `nothing it wrote was pushed for ${unrecorded} s`;
    return { isHealthy: false, line: `${unit} beats, but ${since}` };
  }
  return { isHealthy: true, line: `${unit} beat ${age} s ago` };
}

function parseBeat(text: string | undefined): BeatFile | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { unit, at, everySeconds, landedAt, waitsFor } = value as Readonly<Record<string, unknown>>;
    if (typeof unit !== 'string' || typeof waitsFor !== 'string') return undefined;
    if (typeof at !== 'number' || typeof everySeconds !== 'number' || typeof landedAt !== 'number') return undefined;
    return { unit, at, everySeconds, landedAt, waitsFor };
  } catch {
    return undefined;
  }
}
