import type { SSMClientConfig } from '@aws-sdk/client-ssm';

/** What signs requests to AWS. */
export type AwsCredentials = NonNullable<SSMClientConfig['credentials']>;

/** Where AWS is and as whom it is asked: the SDK's own configuration for what is absent. */
export interface AwsPlace {
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly credentials?: AwsCredentials | undefined;
}

/** The options of an SDK client for a place. */
export function clientOptions({ region, endpoint, credentials }: AwsPlace) {
  return {
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}
