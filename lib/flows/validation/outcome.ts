import type { Outcome } from '../../core/flow.ts';
import type { VaultOperation } from '../../core/vault.ts';

/** The name of the flow, in logs. */
export const VALIDATION = 'validation';

/** The outcome of a successful step. */
export function done(what: string, reason: string, operations: readonly VaultOperation[]): Outcome {
  return { flow: VALIDATION, what, reason, operations, announcements: [] };
}
