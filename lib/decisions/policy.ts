import type { Decision } from '../core/intent.ts';
import type { Snapshot } from '../core/snapshot.ts';

/** How a role decides: a pure function of what the beat knows. */
export type Policy = (snapshot: Snapshot) => Decision;
