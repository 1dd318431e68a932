import type { SSMClientConfig } from '@aws-sdk/client-ssm';

/** The credentials that sign requests to AWS. */
export type AwsCredentials = NonNullable<SSMClientConfig['credentials']>;

/** Region, endpoint and credentials of requests to AWS. Absent fields follow the SDK's own configuration. */
export interface AwsPlace {
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly credentials?: AwsCredentials | undefined;
}

/** Converts a place into options of an SDK client. */
export function clientOptions({ region, endpoint, credentials }: AwsPlace) {
  return {
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}
