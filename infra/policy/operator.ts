import type { Names } from '../../lib/fleet/fleet-names.ts';
import { type PolicyDocument, policy } from './document.ts';

/**
 * What the operator may do day by day: see, restart, roll images, fill and rotate secrets. Never read a secret or
 * the goods. (A shell on a host is root there, so sessions are for people with a second factor, and are logged by AWS.)
 */
export function operatorPolicy(names: Names, keyArn: string): PolicyDocument {
  const ofFleet = { StringEquals: { 'aws:ResourceTag/Stack': names.stack } };
  const parameters = names.arn.parameter(`/${names.stack}/hosts/*/images/*`);
  const hosts = names.arn.parameter(`/${names.stack}/hosts`);
  const secrets = names.arn.secrets(`${names.stack}/units/*`);
  const logs = names.arn.logGroup(`/${names.stack}/units/*`);
  return policy(
    {
      Sid: 'See',
      Effect: 'Allow',
      // Lists and descriptions that take no resource.
      Action: [
        'ec2:DescribeInstances',
        'ec2:DescribeInstanceStatus',
        'cloudwatch:DescribeAlarms',
        'ssm:DescribeInstanceInformation',
        'ssm:GetCommandInvocation',
        'ssm:ListCommandInvocations',
      ],
      Resource: ['*'],
    },
    {
      Sid: 'Shell',
      Effect: 'Allow',
      Action: ['ssm:StartSession'],
      Resource: [names.arn.instances],
      Condition: ofFleet,
    },
    {
      Sid: 'SessionDocuments',
      Effect: 'Allow',
      Action: ['ssm:StartSession'],
      Resource: ['SSM-SessionManagerRunShell', names.hubDocument].map(names.arn.document),
    },
    {
      Sid: 'OwnSessions',
      Effect: 'Allow',
      Action: ['ssm:ResumeSession', 'ssm:TerminateSession'],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of IAM, not of this program
      Resource: ['arn:aws:ssm:*:*:session/${aws:userid}-*'],
    },
    {
      Sid: 'TellUnits',
      Effect: 'Allow',
      Action: ['ssm:SendCommand'],
      Resource: [names.arn.instances],
      Condition: ofFleet,
    },
    {
      Sid: 'TellUnitsDocument',
      Effect: 'Allow',
      Action: ['ssm:SendCommand'],
      Resource: [names.arn.document(names.unitDocument)],
    },
    {
      Sid: 'Reboot',
      Effect: 'Allow',
      Action: ['ec2:RebootInstances'],
      Resource: [names.arn.instances],
      Condition: ofFleet,
    },
    {
      Sid: 'SeeWhatHostsRun',
      Effect: 'Allow',
      Action: ['ssm:GetParametersByPath'],
      Resource: [hosts, `${hosts}/*`],
    },
    {
      Sid: 'FindImages',
      Effect: 'Allow',
      Action: ['ecr:DescribeImages'],
      Resource: (['agent', 'hub'] as const).map((what) => names.arn.repository(names.repository(what))),
    },
    {
      Sid: 'KnowHub',
      Effect: 'Allow',
      Action: ['ssm:GetParameter'],
      Resource: [names.arn.parameter(names.hubCaParameter)],
    },
    { Sid: 'RollImages', Effect: 'Allow', Action: ['ssm:GetParameter', 'ssm:PutParameter'], Resource: [parameters] },
    {
      Sid: 'ReadLogs',
      Effect: 'Allow',
      Action: ['logs:DescribeLogStreams', 'logs:FilterLogEvents', 'logs:GetLogEvents', 'logs:StartLiveTail'],
      Resource: [logs, `${logs}:*`],
    },
    {
      Sid: 'FillSecrets',
      Effect: 'Allow',
      Action: ['secretsmanager:DescribeSecret', 'secretsmanager:ListSecretVersionIds', 'secretsmanager:PutSecretValue'],
      Resource: [secrets],
    },
    {
      Sid: 'SealSecrets',
      Effect: 'Allow',
      Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
      Resource: [keyArn],
      Condition: { StringEquals: { 'kms:ViaService': `secretsmanager.${names.region}.amazonaws.com` } },
    },
    {
      Sid: 'NeverReadSecretsOrGoods',
      Effect: 'Deny',
      Action: ['secretsmanager:GetSecretValue', 's3:GetObject', 's3:PutObject', 'sts:AssumeRole'],
      Resource: ['*'],
    },
  );
}

/**
 * The named people. A user shows a second factor here. Of a role no session ever says that one was shown (single sign-on
 * and a role assumed by a role don't carry it): whoever lets people into that role asks for it there.
 */
export function operatorTrust(principals: readonly string[]): PolicyDocument {
  const users = principals.filter((arn) => /^arn:aws:iam::\d{12}:user\//.test(arn));
  const roles = principals.filter((arn) => !users.includes(arn));
  const may = { Effect: 'Allow', Action: ['sts:AssumeRole'] } as const;
  const withFactor = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
  return policy(
    ...(users.length === 0
      ? []
      : [{ Sid: 'UsersWithSecondFactor', ...may, Principal: { AWS: users }, Condition: withFactor }]),
    ...(roles.length === 0 ? [] : [{ Sid: 'RolesOfPeople', ...may, Principal: { AWS: roles } }]),
  );
}
