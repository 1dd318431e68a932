import type { Names } from '../../lib/fleet/fleet-names.ts';
import { type PolicyDocument, policy, type Statement } from './document.ts';

/** Deliveries and corpus: TLS only, our key only, and (where asked) read through the VPC's own endpoint only. */
export function bucketPolicy(
  names: Names,
  bucket: string,
  keyArn: string,
  onlyVpce: string | undefined,
): PolicyDocument {
  const arn = names.arn.bucket(bucket);
  const deny = (Sid: string, rest: Omit<Statement, 'Sid' | 'Effect' | 'Principal'>): Statement => ({
    Sid,
    Effect: 'Deny',
    Principal: '*',
    ...rest,
  });
  const put = { Action: ['s3:PutObject'], Resource: [`${arn}/*`] };
  const encryption = 's3:x-amz-server-side-encryption';
  const key = `${encryption}-aws-kms-key-id`;
  const statements = [
    deny('TlsOnly', {
      Action: ['s3:*'],
      Resource: [arn, `${arn}/*`],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    }),
    // Absent headers mean the bucket's default, which is right: only a header that says otherwise is refused.
    deny('KmsOnly', {
      ...put,
      Condition: { StringNotEquals: { [encryption]: 'aws:kms' }, Null: { [encryption]: 'false' } },
    }),
    deny('OwnKeyOnly', { ...put, Condition: { StringNotEquals: { [key]: keyArn }, Null: { [key]: 'false' } } }),
  ];
  if (onlyVpce === undefined) return policy(...statements);
  return policy(
    ...statements,
    deny('ReadInsideVpcOnly', {
      Action: ['s3:GetObject'],
      Resource: [`${arn}/*`],
      Condition: { StringNotEquals: { 'aws:SourceVpce': onlyVpce } },
    }),
  );
}

/** What may pass the S3 gateway: our two buckets, and the public ones that packages and image layers come from. */
export function s3EndpointPolicy(names: Names): PolicyDocument {
  const own = [names.deliveries, names.corpus].map(names.arn.bucket);
  return policy(
    {
      Sid: 'OwnBuckets',
      Effect: 'Allow',
      Principal: '*',
      Action: ['s3:*'],
      Resource: own.flatMap((arn) => [arn, `${arn}/*`]),
    },
    {
      Sid: 'PublicPackagesAndLayers',
      Effect: 'Allow',
      Principal: '*',
      Action: ['s3:GetObject'],
      Resource: [
        `arn:aws:s3:::al2023-repos-${names.region}-de612dc2/*`,
        `arn:aws:s3:::amazon-ssm-${names.region}/*`,
        `arn:aws:s3:::prod-${names.region}-starport-layer-bucket/*`,
      ],
    },
  );
}

/** The key: the account's IAM policies decide, and two services use it for what is ours only. */
export function keyPolicy(names: Names): PolicyDocument {
  return policy(
    {
      Sid: 'AccountDecides',
      Effect: 'Allow',
      Principal: { AWS: names.accountRoot },
      Action: ['kms:*'],
      Resource: ['*'],
    },
    {
      Sid: 'Logs',
      Effect: 'Allow',
      Principal: { Service: `logs.${names.region}.amazonaws.com` },
      Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      Resource: ['*'],
      Condition: {
        ArnLike: { 'kms:EncryptionContext:aws:logs:arn': names.arn.logGroup(`/${names.stack}/units/*`) },
      },
    },
    {
      Sid: 'AlarmsToTopic',
      Effect: 'Allow',
      Principal: { Service: ['cloudwatch.amazonaws.com', 'budgets.amazonaws.com'] },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      Resource: ['*'],
      Condition: { StringEquals: { 'aws:SourceAccount': names.accountId } },
    },
  );
}

/** Who may speak on the alarm topic: this account's alarms and its budget. */
export function topicPolicy(names: Names): PolicyDocument {
  return policy({
    Sid: 'AlarmsAndBudget',
    Effect: 'Allow',
    Principal: { Service: ['cloudwatch.amazonaws.com', 'budgets.amazonaws.com'] },
    Action: ['sns:Publish'],
    Resource: [names.arn.topic],
    Condition: { StringEquals: { 'aws:SourceAccount': names.accountId } },
  });
}

/** Who snapshots the hub's data. */
export function snapshotTrust(): PolicyDocument {
  return policy({
    Sid: 'Dlm',
    Effect: 'Allow',
    Principal: { Service: 'dlm.amazonaws.com' },
    Action: ['sts:AssumeRole'],
  });
}

/** Snapshots of this fleet's volumes, and the removal of those it made. */
export function snapshotPolicy(names: Names): PolicyDocument {
  const volume = `arn:aws:ec2:${names.region}:${names.accountId}:volume/*`;
  const snapshot = `arn:aws:ec2:${names.region}::snapshot/*`;
  const ofFleet = { StringEquals: { 'aws:ResourceTag/Stack': names.stack } };
  return policy(
    {
      Sid: 'See',
      Effect: 'Allow',
      // The service looks for the machine of a volume, too. Source: AWS's own AWSDataLifecycleManagerServiceRole.
      Action: ['ec2:DescribeInstances', 'ec2:DescribeSnapshots', 'ec2:DescribeVolumes'],
      Resource: ['*'],
    },
    {
      Sid: 'SnapshotOwnVolumes',
      Effect: 'Allow',
      Action: ['ec2:CreateSnapshot'],
      Resource: [volume],
      Condition: ofFleet,
    },
    { Sid: 'MakeSnapshot', Effect: 'Allow', Action: ['ec2:CreateSnapshot'], Resource: [snapshot] },
    {
      Sid: 'TagNewSnapshot',
      Effect: 'Allow',
      Action: ['ec2:CreateTags'],
      Resource: [snapshot],
      Condition: { StringEquals: { 'ec2:CreateAction': 'CreateSnapshot' } },
    },
    {
      Sid: 'DropOldSnapshots',
      Effect: 'Allow',
      Action: ['ec2:DeleteSnapshot'],
      Resource: [snapshot],
      Condition: ofFleet,
    },
  );
}
