import type { Flow } from '../core/flow.ts';
import type { HealthCheck } from '../core/health-check.ts';
import type { VaultIndex } from '../core/vault.ts';
import { encodeNote } from '../vault/codec.ts';
import { ALERTS_PATH, type Alerts, alertsKind, alertsOf, statusesOf } from './alerts-page.ts';

/** The checks of one round. */
export interface HealthSnapshot {
  /** Seconds since 1970. */
  readonly now: number;
  readonly vault: VaultIndex;
  readonly checks: readonly HealthCheck[];
}

/** Writes `shared/alerts.md` when a check changes its status, not when a number in a detail changes. */
export const alertsFlow: Flow<Alerts, Alerts, HealthSnapshot> = {
  name: 'alerts',
  read: ({ checks, now }) => [alertsOf(checks, now)],
  next: (alerts, { vault }) => {
    const known = vault.note(alertsKind, ALERTS_PATH)?.data;
    return known !== undefined && statusesOf(known.checks) === statusesOf(alerts.checks)
      ? { type: 'wait', until: undefined, reason: 'all is as the page says' }
      : { type: 'step', step: alerts, reason: 'a check changed its status' };
  },
  perform: async (steps) =>
    steps.map(({ step, reason }) => ({
      flow: 'alerts',
      what: step.status === 'ok' ? 'Report that all is well' : `Report the swarm ${step.status}`,
      reason,
      operations: [{ op: 'put', path: ALERTS_PATH, text: encodeNote(alertsKind, step) }],
      announcements: [],
    })),
};
