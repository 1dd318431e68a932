import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { SwarmError } from '../core/errors.ts';
import { isLoopback } from '../core/loopback.ts';
import { askAws, awsErrorName } from './aws-failure.ts';
import { type AwsPlace, clientOptions } from './aws-place.ts';

/** The state of a secret, without its value. `versionId` is the id of the current version. */
export type SecretState =
  | { readonly type: 'absent' }
  | { readonly type: 'empty' }
  | { readonly type: 'filled'; readonly versionId: string }
  | { readonly type: 'deleting' };

/** A value and the id of its version. Writing the same version twice has no further effect. */
export interface SecretVersion {
  readonly text: string;
  readonly versionId: string;
}

/** A store of secrets. Its errors never contain any part of a value. */
export interface SecretStore {
  readonly state: (name: string) => Promise<SecretState>;
  /** The current value; undefined when the secret is absent or empty. */
  readonly read: (name: string) => Promise<string | undefined>;
  readonly create: (name: string, version: SecretVersion, options: SecretOptions) => Promise<void>;
  readonly put: (name: string, version: SecretVersion) => Promise<void>;
}

/** The settings of a new secret. */
export interface SecretOptions {
  readonly description: string;
  /** The KMS key's id, ARN or alias; the account's key for Secrets Manager if undefined. */
  readonly kmsKeyId: string | undefined;
}

const ATTEMPTS = 4;

/**
 * Connects to AWS Secrets Manager.
 * Each method throws SwarmError `aws/…`: `no-credentials`, `no-second-factor`, `credentials-refused`, `access-denied`, `quota-exceeded`,
 * `throttled`, `kms-refused`, `unreachable`, `no-region`, `insecure-endpoint`, `refused`.
 */
export function createSecretStore(place: AwsPlace): SecretStore {
  const client = new SecretsManagerClient({ ...clientOptions(place), maxAttempts: ATTEMPTS });
  refuseClearText(client);
  return {
    state: (name) =>
      askAws(`look at the secret ${name}`, async () => {
        try {
          const found = await client.send(new DescribeSecretCommand({ SecretId: name }));
          if (found.DeletedDate !== undefined) return { type: 'deleting' };
          const current = Object.entries(found.VersionIdsToStages ?? {}).find(([, stages]) =>
            stages.includes('AWSCURRENT'),
          );
          return current === undefined ? { type: 'empty' } : { type: 'filled', versionId: current[0] };
        } catch (error) {
          if (awsErrorName(error) === 'ResourceNotFoundException') return { type: 'absent' };
          throw error;
        }
      }),
    read: (name) =>
      askAws(`read the secret ${name}`, async () => {
        try {
          return (await client.send(new GetSecretValueCommand({ SecretId: name }))).SecretString;
        } catch (error) {
          if (awsErrorName(error) === 'ResourceNotFoundException') return undefined;
          throw error;
        }
      }),
    create: (name, { text, versionId }, { description, kmsKeyId }) =>
      askAws(`create the secret ${name}`, async () => {
        await client.send(
          new CreateSecretCommand({
            Name: name,
            Description: description,
            SecretString: text,
            ClientRequestToken: versionId,
            ...(kmsKeyId === undefined ? {} : { KmsKeyId: kmsKeyId }),
          }),
        );
      }),
    put: (name, { text, versionId }) =>
      askAws(`write the secret ${name}`, async () => {
        await client.send(
          new PutSecretValueCommand({ SecretId: name, SecretString: text, ClientRequestToken: versionId }),
        );
      }),
  };
}

/** Refuses endpoints without TLS except on loopback, however they were configured. */
function refuseClearText(client: SecretsManagerClient): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const { request } = args;
      if (isClearTextAway(request)) {
        throw new SwarmError({
          code: 'aws/insecure-endpoint',
          disposition: 'stop',
          message:
            'The endpoint for Secrets Manager is http and not on this machine: secrets would be sent in clear text',
          next: 'Use https: check --endpoint, AWS_ENDPOINT_URL and the profile.',
        });
      }
      return next(args);
    },
    { step: 'finalizeRequest', name: 'refuseClearText' },
  );
}

function isClearTextAway(request: unknown): boolean {
  if (typeof request !== 'object' || request === null) return true;
  const protocol = 'protocol' in request ? String(request.protocol) : '';
  const host = 'hostname' in request ? String(request.hostname) : '';
  return protocol !== 'https:' && !isLoopback(host);
}
