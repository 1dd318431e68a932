import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { AwsCredentials } from '../../lib/aws/aws-place.ts';
import { SwarmError } from '../../lib/core/errors.ts';
import { askHidden } from './hidden-prompt.ts';

/**
 * The SDK's usual credentials; where a profile names a second factor (`mfa_serial`), its code is asked for at the terminal.
 * Create them once a command and give them to all that speaks to AWS: AWS takes a code once only.
 * Using them throws SwarmError `aws/no-second-factor` without a terminal.
 */
export function createTerminalCredentials(): AwsCredentials {
  return defaultProvider({ mfaCodeProvider: askSecondFactor });
}

async function askSecondFactor(serial: string): Promise<string> {
  if (process.stdin.isTTY) return (await askHidden(`Code of ${serial} (not shown): `)).trim();
  throw new SwarmError({
    code: 'aws/no-second-factor',
    disposition: 'stop',
    message: `There is no terminal to ask for the code of ${serial}`,
    next: 'Run it in a terminal; or log in beforehand and pass on what aws configure export-credentials --format env shows.',
  });
}
