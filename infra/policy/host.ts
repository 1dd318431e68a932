import { HUB, type Names } from '../../lib/fleet/fleet-names.ts';
import { type PolicyDocument, policy, type Statement } from './document.ts';

/** A host and which units it runs: the named one, or whatever agents it is given. */
export interface HostGrants {
  readonly host: string;
  /** The one unit of a dedicated host; `kk-*` for a packed one, where each role's trust still names the host. */
  readonly unit: string;
}

/** What a host does for its containers: finds what to run, pulls it, ships logs, and borrows their roles for them. */
export function hostPolicy(names: Names, { host, unit }: HostGrants): PolicyDocument {
  const paths = [names.unitsPath(host), names.imagesPath(host)].map(names.arn.parameter);
  const logs = names.arn.logGroup(names.logGroup(unit));
  return policy(
    {
      Sid: 'FindUnits',
      Effect: 'Allow',
      Action: ['ssm:GetParametersByPath'],
      Resource: paths.flatMap((path) => [path, `${path}/*`]),
    },
    ...(host === HUB ? [] : [hubCertificate(names)]),
    {
      Sid: 'ActForUnits',
      Effect: 'Allow',
      Action: ['sts:AssumeRole'],
      Resource: [names.arn.role(names.unitRolePath, names.unitRole(unit))],
    },
    {
      Sid: 'ShipLogs',
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: [`${logs}:*`],
    },
    {
      Sid: 'PullImage',
      Effect: 'Allow',
      Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      Resource: [names.arn.repository(names.repository(host === HUB ? 'hub' : 'agent'))],
    },
    // ECR's login takes no resource.
    { Sid: 'LogInToRegistry', Effect: 'Allow', Action: ['ecr:GetAuthorizationToken'], Resource: ['*'] },
    sessionManager,
  );
}

/** Containers on a host are trusted by EC2 alone. */
export function hostTrust(): PolicyDocument {
  return policy({
    Sid: 'Ec2',
    Effect: 'Allow',
    Principal: { Service: 'ec2.amazonaws.com' },
    Action: ['sts:AssumeRole'],
  });
}

/** Whom the agents' TLS trusts: the hub's public certificate. */
function hubCertificate(names: Names): Statement {
  return {
    Sid: 'HubCertificate',
    Effect: 'Allow',
    Action: ['ssm:GetParameter'],
    Resource: [names.arn.parameter(names.hubCaParameter)],
  };
}

/**
 * What Session Manager and Run Command need of an instance. The managed policy AmazonSSMManagedInstanceCore would also
 * read every parameter of the account. These actions take no resource.
 */
const sessionManager: Statement = {
  Sid: 'SessionManager',
  Effect: 'Allow',
  Action: [
    'ssm:UpdateInstanceInformation',
    'ssmmessages:CreateControlChannel',
    'ssmmessages:CreateDataChannel',
    'ssmmessages:OpenControlChannel',
    'ssmmessages:OpenDataChannel',
    'ec2messages:AcknowledgeMessage',
    'ec2messages:DeleteMessage',
    'ec2messages:FailMessage',
    'ec2messages:GetEndpoint',
    'ec2messages:GetMessages',
    'ec2messages:SendReply',
  ],
  Resource: ['*'],
};
