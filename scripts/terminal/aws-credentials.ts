import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { AwsCredentials } from '../../lib/aws/aws-place.ts';
import { SwarmError } from '../../lib/core/errors.ts';
import { askHidden } from './hidden-prompt.ts';

/**
 * The SDK's usual credentials; where a profile names a second factor (`mfa_serial`), its code is asked for at the terminal.
 * Create them once per command and share them among all AWS clients: AWS accepts each code only once.
 * Where there is no terminal, using them throws SwarmError `aws/no-second-factor`.
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
    next: 'Run the command in a terminal; or log in first and set the variables that aws configure export-credentials --format env prints.',
  });
}
