import type { SecretVersion } from '../aws/secret-store.ts';
import { SwarmError } from '../core/errors.ts';
import type { Wallet } from './wallets.ts';

/** What a push does to one secret. The version is part of the plan, so that a retry writes the same. */
export type PushStep = {
  readonly unit: string;
  /** The wallet whose key it holds; undefined for the hub's secret. */
  readonly wallet: Wallet | undefined;
  readonly secret: string;
  readonly why: string;
} & (
  | { readonly action: 'keep' }
  | { readonly action: 'create' | 'fill' | 'rotate'; readonly version: SecretVersion; readonly description: string }
);

/** The error for a secret that can't be written because it is scheduled for deletion. */
export function secretDeleting(secret: string): SwarmError {
  return new SwarmError({
    code: 'keys/secret-deleting',
    disposition: 'stop',
    message: `The secret ${secret} is scheduled for deletion`,
    next: `Bring it back (aws secretsmanager restore-secret --secret-id ${secret}) or wait until it is gone. Nothing was changed.`,
  });
}
