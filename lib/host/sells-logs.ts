import type { Manifest } from '../core/manifest.ts';

/** The product that only the owner of the logs can make. */
const RAW_LOGS = 'raw-logs';

/** Whether an agent sells chat logs: only that agent reads them and makes pseudonyms. */
export function sellsLogs({ spec }: Manifest): boolean {
  return spec.sells.some(({ product }) => product === RAW_LOGS);
}
