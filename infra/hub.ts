import { DlmLifecyclePolicy } from '@cdktf/provider-aws/lib/dlm-lifecycle-policy/index.js';
import { EbsVolume } from '@cdktf/provider-aws/lib/ebs-volume/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter/index.js';
import { VolumeAttachment } from '@cdktf/provider-aws/lib/volume-attachment/index.js';
import { HUB } from '../lib/fleet/fleet-names.ts';
import { type FleetContext, named } from './context.ts';
import type { FleetKey } from './key.ts';
import { policyJson } from './policy/document.ts';
import { snapshotPolicy, snapshotTrust } from './policy/shared.ts';

/** Where the hub's data volume is mounted on its machine. */
export const HUB_DATA = '/srv/hub';

/** The disk that outlives the hub's machine, snapshotted daily and once more before it is ever deleted. */
export function createHubVolume(context: FleetContext, key: FleetKey): EbsVolume {
  const { stack, config, names } = context;
  const volume = named(
    new EbsVolume(stack, 'hub-data', {
      availabilityZone: `${config.region}${config.availabilityZone}`,
      size: config.hub.dataGb,
      type: 'gp3',
      encrypted: true,
      kmsKeyId: key.arn,
      finalSnapshot: true,
      tags: { Name: `${names.stack}-hub-data`, Backup: `${names.stack}-daily` },
      // The disk keeps the key it was made with: another key would replace it by an empty one.
      lifecycle: { ignoreChanges: ['kms_key_id'] },
    }),
    'hub_data',
  );
  named(
    new SsmParameter(stack, 'hub-ca', {
      name: names.hubCaParameter,
      type: 'String',
      description: 'The public certificate of the hub, which the hub puts here at its first start',
      value: 'not yet',
      lifecycle: { ignoreChanges: ['value'] },
    }),
    'hub_ca',
  );
  if (config.hub.snapshotsKept > 0) createSnapshots(context);
  return volume;
}

/** Attaches the disk; the machine is stopped before the disk is taken away, so that nothing is half-written. */
export function attachHubVolume({ stack }: FleetContext, volume: EbsVolume, instanceId: string): void {
  named(
    new VolumeAttachment(stack, 'hub-attachment', {
      deviceName: '/dev/sdf',
      volumeId: volume.id,
      instanceId,
      stopInstanceBeforeDetaching: true,
    }),
    `${HUB}_attachment`,
  );
}

function createSnapshots({ stack, config, names }: FleetContext): void {
  const role = named(
    new IamRole(stack, 'snapshot-role', {
      name: `${names.stack}-snapshots`,
      path: `/${names.stack}/`,
      assumeRolePolicy: policyJson(snapshotTrust()),
    }),
    'snapshot_role',
  );
  const rights = named(
    new IamRolePolicy(stack, 'snapshot-policy', {
      name: 'snapshots',
      role: role.name,
      policy: policyJson(snapshotPolicy(names)),
    }),
    'snapshot_policy',
  );
  named(
    new DlmLifecyclePolicy(stack, 'snapshots', {
      description: 'Daily snapshots of the hub data',
      executionRoleArn: role.arn,
      state: 'ENABLED',
      policyDetails: {
        resourceTypes: ['VOLUME'],
        targetTags: { Backup: `${names.stack}-daily` },
        schedule: [
          {
            name: 'daily',
            createRule: { interval: 24, intervalUnit: 'HOURS', times: ['04:00'] },
            retainRule: { count: config.hub.snapshotsKept },
            tagsToAdd: { Stack: names.stack },
            copyTags: false,
          },
        ],
      },
      dependsOn: [rights],
    }),
    'snapshots',
  );
}
