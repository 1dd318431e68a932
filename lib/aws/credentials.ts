import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { askHidden } from '../../scripts/terminal/hidden-prompt.ts';
import { SwarmError } from '../core/errors.ts';

type Credentials = ReturnType<typeof defaultProvider>;
let ofProcess: Credentials | undefined;

/**
 * The SDK's usual credentials; where a profile names a second factor (`mfa_serial`), its code is asked for at the terminal.
 * They are the same for the whole process: AWS takes a code once only, however many services are spoken to.
 * Using them throws SwarmError `aws/no-second-factor` without a terminal.
 */
export function awsCredentials(): Credentials {
  ofProcess ??= defaultProvider({ mfaCodeProvider: askSecondFactor });
  return ofProcess;
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
