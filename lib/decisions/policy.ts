import type { Decision } from '../core/intent.ts';
import type { Snapshot } from '../core/snapshot.ts';

/** The policy of a role: a pure function from a snapshot to a decision. */
export type Policy = (snapshot: Snapshot) => Decision;
