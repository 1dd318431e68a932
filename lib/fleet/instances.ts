import { DescribeInstancesCommand, type EC2Client, type Instance } from '@aws-sdk/client-ec2';
import { askAws } from '../aws/aws-failure.ts';

/** A machine as EC2 sees it. */
export interface LiveInstance {
  readonly instanceId: string;
  readonly host: string;
  readonly state: string;
  readonly instanceType: string;
  /** Its tag Boot: the version of the boot script and system image that it was created with. */
  readonly boot: string;
  readonly accountId: string;
}

/** Reads the fleet's machines that are not terminated, by the tag Stack. @throws SwarmError `aws/…`. */
export async function readInstances(ec2: EC2Client, stack: string): Promise<readonly LiveInstance[]> {
  const found: LiveInstance[] = [];
  let NextToken: string | undefined;
  do {
    const page = await askAws(`look for the machines of ${stack}`, () =>
      ec2.send(
        new DescribeInstancesCommand({
          Filters: [
            { Name: 'tag:Stack', Values: [stack] },
            { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] },
          ],
          ...(NextToken === undefined ? {} : { NextToken }),
        }),
      ),
    );
    for (const { OwnerId = '', Instances = [] } of page.Reservations ?? []) {
      found.push(...Instances.map((instance) => asLive(instance, OwnerId)));
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined && NextToken !== '');
  return found.sort((a, b) => (a.host < b.host ? -1 : 1));
}

function asLive({ InstanceId = '', InstanceType, State, Tags = [] }: Instance, accountId: string): LiveInstance {
  const tag = (key: string) => Tags.find(({ Key }) => Key === key)?.Value ?? '';
  return {
    instanceId: InstanceId,
    host: tag('Host'),
    state: State?.Name ?? 'unknown',
    instanceType: InstanceType ?? '',
    boot: tag('Boot'),
    accountId,
  };
}
