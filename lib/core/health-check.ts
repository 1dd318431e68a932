/** How a part of the swarm is: `degraded` works but not as it should, `unreachable` could not be looked at. */
export type HealthStatus = 'ok' | 'degraded' | 'unreachable';

/** One check: what was looked at, how it is, and what to do about it (empty when nothing). */
export interface HealthCheck {
  readonly name: string;
  readonly status: HealthStatus;
  readonly detail: string;
  readonly next: string;
}
