import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECRClient } from '@aws-sdk/client-ecr';
import { SSMClient } from '@aws-sdk/client-ssm';
import { type AwsPlace, clientOptions } from './aws-place.ts';

/** The services that the operator's commands speak to. */
export interface FleetClients {
  readonly ec2: EC2Client;
  readonly ecr: ECRClient;
  readonly logs: CloudWatchLogsClient;
  readonly ssm: SSMClient;
}

/** Twenty-five units are asked at once, so now and then AWS asks to slow down: the SDK waits and tries again. */
const ATTEMPTS = 6;

/** Connects to a place. Nothing is sent yet. */
export function createClients(place: AwsPlace): FleetClients {
  const options = { ...clientOptions(place), maxAttempts: ATTEMPTS };
  return {
    ec2: new EC2Client(options),
    ecr: new ECRClient(options),
    logs: new CloudWatchLogsClient(options),
    ssm: new SSMClient(options),
  };
}
