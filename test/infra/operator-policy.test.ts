import { describe, expect, it } from 'vitest';
import { operatorPolicy, operatorTrust } from '../../infra/policy/operator.ts';
import { snapshotPolicy } from '../../infra/policy/shared.ts';
import { isAllowed } from './evaluate.ts';
import { ACCOUNT, NAMES, OPERATOR } from './support.ts';

const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1`;
const secretArn = (unit: string) => NAMES.arn.secrets(`${NAMES.secret(unit)}-a1B2c3`);
const roleArn = (unit: string) => NAMES.arn.role(NAMES.unitRolePath, NAMES.unitRole(unit));
const deliveries = NAMES.arn.bucket(NAMES.deliveries);

describe('the operator', () => {
  const operator = `arn:aws:iam::${ACCOUNT}:role/karmakadabra/karmakadabra-operator`;
  const can = (action: string, resource: string, context: Record<string, string> = {}) =>
    isAllowed({ principal: operator, action, resource, context }, { identity: [operatorPolicy(NAMES, KEY)] });
  const ours = { 'aws:resourcetag/stack': 'karmakadabra' };
  const instance = `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/i-1`;

  const role = `arn:aws:iam::${ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Fleet_0123456789abcdef`;
  it.each([
    ['a user with a second factor', OPERATOR, 'true', true],
    ['a user without', OPERATOR, 'false', false],
    ['a user whose session knows nothing of it', OPERATOR, undefined, false],
    // Sessions of roles never say; their provider is the one who asks.
    ['a named role', role, undefined, true],
    ['another user', `arn:aws:iam::${ACCOUNT}:user/eve`, 'true', false],
    ['another role', `arn:aws:iam::${ACCOUNT}:role/eve`, 'true', false],
    ['the account itself', `arn:aws:iam::${ACCOUNT}:root`, 'true', false],
  ] as const)('is assumed by %s: %s, %s, %s', (_, principal, mfa, expected) => {
    const call = {
      principal,
      action: 'sts:AssumeRole',
      resource: operator,
      context: mfa === undefined ? {} : { 'aws:multifactorauthpresent': mfa },
    };
    const trust = operatorTrust([OPERATOR, role]);
    expect(isAllowed(call, { identity: [], resource: [trust], resourceMustAllow: true })).toBe(expected);
  });

  it('is trusted to no empty list, which IAM refuses', () => {
    for (const people of [[OPERATOR], [role], [OPERATOR, role]]) {
      const { Statement } = operatorTrust(people);
      expect(Statement.map(({ Principal }) => Principal)).toHaveLength(people.length);
      for (const { Principal } of Statement) expect(Principal).toEqual({ AWS: [expect.any(String)] });
    }
  });

  it.each([
    ['ssm:StartSession', instance, ours, true],
    ['ssm:StartSession', instance, { 'aws:resourcetag/stack': 'other' }, false],
    ['ssm:StartSession', instance, {}, false],
    ['ssm:StartSession', NAMES.arn.document('karmakadabra-hub'), {}, true],
    ['ssm:StartSession', NAMES.arn.document('AWS-StartPortForwardingSessionToRemoteHost'), {}, false],
    ['ssm:SendCommand', instance, ours, true],
    ['ssm:SendCommand', NAMES.arn.document('karmakadabra-unit'), {}, true],
    ['ssm:SendCommand', NAMES.arn.document('AWS-RunShellScript'), {}, false],
    [
      'ssm:TerminateSession',
      'arn:aws:ssm:us-east-1:123456789012:session/AROA:ana-1',
      { 'aws:userid': 'AROA:ana' },
      true,
    ],
    [
      'ssm:TerminateSession',
      'arn:aws:ssm:us-east-1:123456789012:session/AROA:bob-1',
      { 'aws:userid': 'AROA:ana' },
      false,
    ],
    ['ssm:PutParameter', NAMES.arn.parameter(`${NAMES.imagesPath('kk-validator')}/kk-validator`), {}, true],
    ['ssm:PutParameter', NAMES.arn.parameter(`${NAMES.unitsPath('kk-validator')}/kk-validator`), {}, false],
    ['ssm:PutParameter', NAMES.arn.parameter(NAMES.hubCaParameter), {}, false],
    // What else could decide which program has an agent's role: the images themselves, and what a machine boots with.
    ['ecr:PutImage', NAMES.arn.repository(NAMES.repository('agent')), {}, false],
    ['ecr:InitiateLayerUpload', NAMES.arn.repository(NAMES.repository('hub')), {}, false],
    ['ecr:SetRepositoryPolicy', NAMES.arn.repository(NAMES.repository('agent')), {}, false],
    ['ec2:ModifyInstanceAttribute', instance, ours, false],
    ['ec2:RunInstances', instance, ours, false],
    ['iam:PassRole', NAMES.arn.role(NAMES.unitRolePath, NAMES.unitRole('kk-validator')), {}, false],
    ['ssm:GetParameter', NAMES.arn.parameter(NAMES.hubCaParameter), {}, true],
    ['ssm:GetParametersByPath', NAMES.arn.parameter('/karmakadabra/hosts'), {}, true],
    ['ssm:GetParametersByPath', NAMES.arn.parameter('/karmakadabra'), {}, false],
    ['ssm:GetParametersByPath', NAMES.arn.parameter('/other/hosts'), {}, false],
    ['ssm:GetCommandInvocation', '*', {}, true],
    ['ec2:DescribeInstances', '*', {}, true],
    ['ecr:DescribeImages', NAMES.arn.repository('karmakadabra/agent'), {}, true],
    ['ecr:DescribeImages', NAMES.arn.repository('karmakadabra/hub'), {}, true],
    ['ecr:DescribeImages', NAMES.arn.repository('other/agent'), {}, false],
    ['ecr:PutImage', NAMES.arn.repository('karmakadabra/agent'), {}, false],
    ['secretsmanager:PutSecretValue', secretArn('kk-validator'), {}, true],
    ['secretsmanager:GetSecretValue', secretArn('kk-validator'), {}, false],
    ['secretsmanager:DeleteSecret', secretArn('kk-validator'), {}, false],
    ['s3:GetObject', `${deliveries}/agents/kk-validator/1`, {}, false],
    ['sts:AssumeRole', roleArn('kk-validator'), {}, false],
    ['ec2:TerminateInstances', instance, ours, false],
    ['ec2:RebootInstances', instance, ours, true],
    ['iam:CreateRole', '*', {}, false],
    ['logs:FilterLogEvents', NAMES.arn.logGroup(NAMES.logGroup('kk-validator')), {}, true],
    ['logs:FilterLogEvents', NAMES.arn.logGroup('/other'), {}, false],
  ] as const)('%s on %s with %o: %s', (action, resource, context, expected) => {
    expect(can(action, resource, context)).toBe(expected);
  });
});

describe('who makes snapshots', () => {
  it.each([
    ['ec2:DescribeInstances', '*', {}, true],
    ['ec2:DescribeVolumes', '*', {}, true],
    [
      'ec2:CreateSnapshot',
      `arn:aws:ec2:us-east-1:${ACCOUNT}:volume/vol-1`,
      { 'aws:resourcetag/stack': 'other' },
      false,
    ],
    ['ec2:DeleteSnapshot', 'arn:aws:ec2:us-east-1::snapshot/snap-1', { 'aws:resourcetag/stack': 'other' }, false],
    ['ec2:TerminateInstances', '*', {}, false],
  ] as const)('%s on %s with %o: %s', (action, resource, context, expected) => {
    const principal = `arn:aws:iam::${ACCOUNT}:role/karmakadabra/karmakadabra-snapshots`;
    expect(isAllowed({ principal, action, resource, context }, { identity: [snapshotPolicy(NAMES)] })).toBe(expected);
  });
});
