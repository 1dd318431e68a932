import type { Manifest } from '../core/manifest.ts';

/** The product that is made from the logs themselves. */
const RAW_LOGS = 'raw-logs';

/** Whether an agent sells chat logs: it alone reads them and makes pseudonyms. */
export function sellsLogs({ spec }: Manifest): boolean {
  return spec.sells.some(({ product }) => product === RAW_LOGS);
}
