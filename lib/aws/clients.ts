import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECRClient } from '@aws-sdk/client-ecr';
import { SSMClient } from '@aws-sdk/client-ssm';
import { type AwsPlace, clientOptions } from './aws-place.ts';

/** The AWS clients of the operator's commands. */
export interface FleetClients {
  readonly ec2: EC2Client;
  readonly ecr: ECRClient;
  readonly logs: CloudWatchLogsClient;
  readonly ssm: SSMClient;
}

/** Requests for 25 units at a time can be throttled: the SDK waits and tries again, this many times. */
const ATTEMPTS = 6;

/** Creates the clients. They send nothing until they are used. */
export function createClients(place: AwsPlace): FleetClients {
  const options = { ...clientOptions(place), maxAttempts: ATTEMPTS };
  return {
    ec2: new EC2Client(options),
    ecr: new ECRClient(options),
    logs: new CloudWatchLogsClient(options),
    ssm: new SSMClient(options),
  };
}
