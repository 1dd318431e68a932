import type { AwsPlace } from '../../lib/aws/aws-place.ts';
import { createSecretStore, type SecretStore } from '../../lib/aws/secret-store.ts';
import { createTerminalCredentials } from './aws-credentials.ts';

/** Connects to Secrets Manager; its credentials may ask for a second factor at the terminal. */
export function openSecretStore({ region, endpoint }: AwsPlace): SecretStore {
  return createSecretStore({ region, endpoint, credentials: createTerminalCredentials() });
}
