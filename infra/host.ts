import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js';
import { IamInstanceProfile } from '@cdktf/provider-aws/lib/iam-instance-profile/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { Instance } from '@cdktf/provider-aws/lib/instance/index.js';
import { HUB, PACK } from '../lib/fleet/fleet-names.ts';
import type { HostPlan } from '../lib/fleet/fleet-placement.ts';
import { type FleetContext, named } from './context.ts';
import type { FleetKey } from './key.ts';
import type { Network } from './network.ts';
import { hubAddress } from './network-plan.ts';
import { policyJson } from './policy/document.ts';
import { hostPolicy, hostTrust } from './policy/host.ts';
import { userData } from './user-data.ts';

/** A machine, and the role that its units' roles trust. */
export interface Host {
  readonly instance: Instance;
  readonly role: IamRole;
}

/** One machine: its role, its instance, and an alarm that recovers it when the hardware below it fails. */
export function createHost(
  context: FleetContext,
  key: FleetKey,
  network: Network,
  plan: HostPlan,
  topicArn: string,
): Host {
  const { stack, config, names } = context;
  const { host } = plan;
  const id = (part: string) => `${host}_${part}`;
  const tags = { Name: `${names.stack}-${host}`, Host: host };
  const role = named(
    new IamRole(stack, `${host}-host-role`, {
      name: names.hostRole(host),
      path: names.hostRolePath,
      description: `What the machine ${host} does for its containers`,
      assumeRolePolicy: policyJson(hostTrust()),
      tags,
    }),
    id('host_role'),
  );
  const rights = named(
    new IamRolePolicy(stack, `${host}-host-policy`, {
      name: 'host',
      role: role.name,
      policy: policyJson(hostPolicy(names, { host, unit: host === PACK ? 'kk-*' : host })),
    }),
    id('host_policy'),
  );
  const profile = named(
    new IamInstanceProfile(stack, `${host}-profile`, {
      name: names.hostRole(host),
      path: names.hostRolePath,
      role: role.name,
      tags,
    }),
    id('profile'),
  );
  const boot = userData(config, names, host);
  const instance = named(
    new Instance(stack, `${host}-instance`, {
      ami: config.machine.image,
      instanceType: plan.instanceType,
      iamInstanceProfile: profile.name,
      ...(host === HUB
        ? {
            subnetId: network.publicSubnetId,
            vpcSecurityGroupIds: [network.hubGroupId],
            // Fixed, so that hosts know it before the hub is there, and still do when it is replaced.
            privateIp: hubAddress(config.vpcCidr),
            sourceDestCheck: config.egress !== 'hub',
          }
        : { subnetId: network.privateSubnetId, vpcSecurityGroupIds: [network.agentGroupId] }),
      userDataBase64: boot.packed,
      metadataOptions: {
        httpEndpoint: 'enabled',
        httpTokens: 'required',
        httpPutResponseHopLimit: 1,
        instanceMetadataTags: 'disabled',
      },
      rootBlockDevice: {
        volumeType: 'gp3',
        volumeSize: plan.volumeGb,
        encrypted: true,
        kmsKeyId: key.arn,
        deleteOnTermination: true,
        tags: { Name: tags.Name, Stack: names.stack },
      },
      // Without credits a machine is slow, but costs no more; the alarm for silent agents reports it. A t4g has none
      // when it is launched, so its first boot takes tens of minutes.
      creditSpecification: { cpuCredits: 'standard' },
      ebsOptimized: true,
      // The tag says which boot script and image of the system the machine was created with; compare it with the inventory.
      tags: { ...tags, Boot: `${boot.version} ${config.machine.image}` },
      // A new boot script or system image reaches machines by replacing them a few at a time
      // (terraform apply -replace=aws_instance.<host>_instance), never all at once by an apply that was about something else.
      // A disk keeps the key it was made with: another key would replace every machine.
      lifecycle: {
        ignoreChanges: [
          'ami',
          'user_data_base64',
          'tags["Boot"]',
          'tags_all["Boot"]',
          'root_block_device[0].kms_key_id',
        ],
      },
      dependsOn: [rights],
    }),
    id('instance'),
  );
  createStatusAlarm(context, host, instance.id, topicArn);
  return { instance, role };
}

function createStatusAlarm(
  { stack, names, config }: FleetContext,
  host: string,
  instanceId: string,
  topicArn: string,
): void {
  named(
    new CloudwatchMetricAlarm(stack, `${host}-status`, {
      alarmName: `${names.stack}-${host}-status`,
      alarmDescription: `The hardware below ${host} fails; EC2 moves it to another. Next: swarm-ops fleet`,
      namespace: 'AWS/EC2',
      metricName: 'StatusCheckFailed_System',
      dimensions: { InstanceId: instanceId },
      statistic: 'Maximum',
      period: 60,
      evaluationPeriods: 3,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      threshold: 1,
      treatMissingData: 'missing',
      alarmActions: [`arn:aws:automate:${config.region}:ec2:recover`, topicArn],
      okActions: [topicArn],
      tags: { Host: host },
    }),
    `${host}_status`,
  );
}
