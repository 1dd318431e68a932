import { SwarmError } from './errors.ts';

/** Codes of sysexits.h that tell a supervisor whether starting again helps. */
const [EX_TEMPFAIL, EX_CONFIG] = [75, 78] as const;

/**
 * The exit code of a service that ends with an error: 75 if another process uses its state folder (try again later), 78 if
 * a person must correct something (a restart doesn't help), else 1.
 */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof SwarmError)) return 1;
  if (error.code === 'vault/in-use') return EX_TEMPFAIL;
  return error.disposition === 'stop' ? EX_CONFIG : 1;
}
