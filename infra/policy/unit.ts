import { STEWARD } from '../../lib/core/ids.ts';
import { HUB, type Names } from '../../lib/fleet/fleet-names.ts';
import { type PolicyDocument, policy, type Statement } from './document.ts';

/** What a container may do, besides the names: references that only exist once the resources do. */
export interface UnitGrants {
  readonly unit: string;
  /** Its own, and the RPC's where that is one. */
  readonly secretArns: readonly string[];
  readonly keyArn: string;
}

/**
 * An agent reads its own secret, its own corpus, and its own deliveries, and writes only the last. The hub reads its own
 * secret and publishes its certificate. The steward reads its own secret. Nothing else.
 */
export function unitPolicy(names: Names, grants: UnitGrants): PolicyDocument {
  return policy(...readSecret(names, grants), ...beyondSecret(names, grants));
}

function beyondSecret(names: Names, grants: UnitGrants): readonly Statement[] {
  if (grants.unit === HUB) return [publishCertificate(names)];
  return grants.unit === STEWARD ? [] : ownObjects(names, grants);
}

function publishCertificate(names: Names): Statement {
  return {
    Sid: 'PublishCertificate',
    Effect: 'Allow',
    Action: ['ssm:PutParameter'],
    Resource: [names.arn.parameter(names.hubCaParameter)],
  };
}

function readSecret(names: Names, { secretArns, keyArn }: UnitGrants): readonly Statement[] {
  return [
    { Sid: 'ReadOwnSecret', Effect: 'Allow', Action: ['secretsmanager:GetSecretValue'], Resource: secretArns },
    {
      Sid: 'OpenOwnSecret',
      Effect: 'Allow',
      Action: ['kms:Decrypt'],
      Resource: [keyArn],
      Condition: {
        StringEquals: {
          'kms:ViaService': `secretsmanager.${names.region}.amazonaws.com`,
          'kms:EncryptionContext:SecretARN': secretArns,
        },
      },
    },
  ];
}

function ownObjects(names: Names, { unit, keyArn }: UnitGrants): readonly Statement[] {
  const prefix = names.prefix(unit);
  const deliveries = names.arn.bucket(names.deliveries);
  const corpus = names.arn.bucket(names.corpus);
  return [
    {
      Sid: 'OwnDeliveries',
      Effect: 'Allow',
      Action: ['s3:PutObject', 's3:GetObject', 's3:DeleteObject'],
      Resource: [`${deliveries}/${prefix}*`],
    },
    { Sid: 'OwnCorpus', Effect: 'Allow', Action: ['s3:GetObject'], Resource: [`${corpus}/${prefix}*`] },
    {
      Sid: 'ListOwnPrefix',
      Effect: 'Allow',
      Action: ['s3:ListBucket'],
      Resource: [deliveries, corpus],
      Condition: { StringLike: { 's3:prefix': [`${prefix}*`] } },
    },
    {
      Sid: 'SealObjects',
      Effect: 'Allow',
      Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
      Resource: [keyArn],
      Condition: { StringEquals: { 'kms:ViaService': `s3.${names.region}.amazonaws.com` } },
    },
  ];
}

/** Only the host that runs the unit may act as it: its broker hands the credentials to that one container. */
export function unitTrust(hostRoleArn: string): PolicyDocument {
  return policy({
    Sid: 'HostBroker',
    Effect: 'Allow',
    Principal: { AWS: hostRoleArn },
    Action: ['sts:AssumeRole'],
  });
}

/** Nobody but the units reads the RPC's address. */
export function rpcSecretPolicy(names: Names): PolicyDocument {
  return policy({
    Sid: 'OnlyUnits',
    Effect: 'Deny',
    Principal: '*',
    Action: ['secretsmanager:GetSecretValue'],
    Resource: ['*'],
    Condition: { ArnNotLike: { 'aws:PrincipalArn': names.arn.role(names.unitRolePath, '*') } },
  });
}

/** Nobody but the unit's role reads the value, not even an administrator, until this policy is changed, which AWS logs. */
export function secretPolicy(unitRoleArn: string): PolicyDocument {
  return policy({
    Sid: 'OnlyItsOwner',
    Effect: 'Deny',
    Principal: '*',
    Action: ['secretsmanager:GetSecretValue'],
    Resource: ['*'],
    Condition: { StringNotEquals: { 'aws:PrincipalArn': unitRoleArn } },
  });
}
