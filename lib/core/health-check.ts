/** The health of a part of the swarm: `degraded` works with errors, `unreachable` could not be checked. */
export type HealthStatus = 'ok' | 'degraded' | 'unreachable';

/** The result of one check. `next` says what to do; empty if nothing. */
export interface HealthCheck {
  readonly name: string;
  readonly status: HealthStatus;
  readonly detail: string;
  readonly next: string;
}
