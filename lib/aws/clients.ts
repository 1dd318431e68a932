import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECRClient } from '@aws-sdk/client-ecr';
import { SSMClient } from '@aws-sdk/client-ssm';
import { awsCredentials } from './credentials.ts';

/** Where AWS is: the SDK's own configuration if absent. */
export interface AwsPlace {
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
}

/** The services that the operator's commands speak to. */
export interface FleetClients {
  readonly ec2: EC2Client;
  readonly ecr: ECRClient;
  readonly logs: CloudWatchLogsClient;
  readonly ssm: SSMClient;
}

/** Twenty-five units are asked at once, so now and then AWS asks to slow down: the SDK waits and tries again. */
const ATTEMPTS = 6;

/** Connects with the SDK's usual credentials, a second factor included. Nothing is sent yet. */
export function createClients({ region, endpoint }: AwsPlace): FleetClients {
  const options = {
    credentials: awsCredentials(),
    maxAttempts: ATTEMPTS,
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
  return {
    ec2: new EC2Client(options),
    ecr: new ECRClient(options),
    logs: new CloudWatchLogsClient(options),
    ssm: new SSMClient(options),
  };
}
