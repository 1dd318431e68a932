import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policy, policyJson } from '../../infra/policy/document.ts';
import { hostPolicy } from '../../infra/policy/host.ts';
import { operatorPolicy } from '../../infra/policy/operator.ts';
import { bucketPolicy, keyPolicy, s3EndpointPolicy } from '../../infra/policy/shared.ts';
import { rpcSecretPolicy, secretPolicy, unitPolicy, unitTrust } from '../../infra/policy/unit.ts';
import { STEWARD } from '../../lib/core/ids.ts';
import { HUB, PACK } from '../../lib/fleet/fleet-names.ts';
import { isAllowed } from './evaluate.ts';
import { ACCOUNT, NAMES } from './support.ts';

const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1`;
const VPCE = 'vpce-1';
const secretArn = (unit: string) => NAMES.arn.secrets(`${NAMES.secret(unit)}-a1B2c3`);
const roleArn = (unit: string) => NAMES.arn.role(NAMES.unitRolePath, NAMES.unitRole(unit));
const hostArn = (host: string) => NAMES.arn.role(NAMES.hostRolePath, NAMES.hostRole(host));
const identity = (unit: string) => [unitPolicy(NAMES, { unit, secretArns: [secretArn(unit)], keyArn: KEY })];
const deliveries = NAMES.arn.bucket(NAMES.deliveries);
const corpus = NAMES.arn.bucket(NAMES.corpus);
const bucket = [bucketPolicy(NAMES, NAMES.deliveries, KEY, VPCE)];
const inside = { 'aws:securetransport': 'true', 'aws:sourcevpce': VPCE };

const canObject = (unit: string, action: string, key: string, context: Record<string, string> = inside) =>
  isAllowed(
    { principal: roleArn(unit), action: `s3:${action}`, resource: `${deliveries}/${key}`, context },
    { identity: identity(unit), resource: bucket },
  );
const canRead = (unit: string, owner: string) =>
  isAllowed(
    { principal: roleArn(unit), action: 'secretsmanager:GetSecretValue', resource: secretArn(owner) },
    { identity: identity(unit), resource: [secretPolicy(roleArn(owner))] },
  );
const canList = (unit: string, prefix: string | undefined, where = deliveries) =>
  isAllowed(
    {
      principal: roleArn(unit),
      action: 's3:ListBucket',
      resource: where,
      context: { ...inside, ...(prefix === undefined ? {} : { 's3:prefix': prefix }) },
    },
    { identity: identity(unit), resource: bucket },
  );

describe('an agent', () => {
  const A = 'kk-karma-hello';
  const B = 'kk-karma-hello2';

  it.each([
    ['puts its own goods', canObject(A, 'PutObject', `agents/${A}/1`), true],
    ['reads its own goods', canObject(A, 'GetObject', `agents/${A}/1`), true],
    ['deletes its own goods', canObject(A, 'DeleteObject', `agents/${A}/1`), true],
    ['lists its own goods', canList(A, `agents/${A}/`), true],
    ['reads its own secret', canRead(A, A), true],
    ["puts another's goods", canObject(A, 'PutObject', `agents/${B}/1`), false],
    ["reads another's goods", canObject(A, 'GetObject', `agents/${B}/1`), false],
    ["deletes another's goods", canObject(A, 'DeleteObject', `agents/${B}/1`), false],
    ['puts outside every folder', canObject(A, 'PutObject', '1'), false],
    ['puts beside its folder', canObject(A, 'PutObject', `agents/${A}`), false],
    ["lists another's goods", canList(A, `agents/${B}/`), false],
    ['lists all goods', canList(A, 'agents/'), false],
    ['lists without a prefix', canList(A, undefined), false],
    ["lists another's corpus", canList(A, `agents/${B}/`, corpus), false],
    ["reads another's secret", canRead(A, B), false],
    ["reads the hub's secret", canRead(A, HUB), false],
    [
      'writes without TLS',
      canObject(A, 'PutObject', `agents/${A}/1`, { ...inside, 'aws:securetransport': 'false' }),
      false,
    ],
    [
      'reads its goods from outside the VPC',
      canObject(A, 'GetObject', `agents/${A}/1`, { 'aws:securetransport': 'true' }),
      false,
    ],
    [
      'stores under another key',
      canObject(A, 'PutObject', `agents/${A}/1`, {
        ...inside,
        's3:x-amz-server-side-encryption-aws-kms-key-id': `${KEY}2`,
      }),
      false,
    ],
    [
      'stores unsealed',
      canObject(A, 'PutObject', `agents/${A}/1`, { ...inside, 's3:x-amz-server-side-encryption': 'AES256' }),
      false,
    ],
    [
      'changes the bucket policy',
      isAllowed(
        { principal: roleArn(A), action: 's3:PutBucketPolicy', resource: deliveries },
        { identity: identity(A), resource: bucket },
      ),
      false,
    ],
    [
      'reads a parameter',
      isAllowed(
        {
          principal: roleArn(A),
          action: 'ssm:GetParameter',
          resource: NAMES.arn.parameter(`${NAMES.imagesPath(A)}/${A}`),
        },
        { identity: identity(A) },
      ),
      false,
    ],
    [
      'assumes another role',
      isAllowed(
        { principal: roleArn(A), action: 'sts:AssumeRole', resource: roleArn(B) },
        { identity: identity(A), resource: [unitTrust(hostArn(B))], resourceMustAllow: true },
      ),
      false,
    ],
    [
      'writes its corpus',
      isAllowed(
        { principal: roleArn(A), action: 's3:PutObject', resource: `${corpus}/agents/${A}/1` },
        { identity: identity(A) },
      ),
      false,
    ],
  ] as const)('%s: %s is what IAM says', (_, said, expected) => {
    expect(said).toBe(expected);
  });

  it('opens with the key its own secret only, and objects only through S3', () => {
    const can = (context: Record<string, string>) =>
      isAllowed(
        { principal: roleArn(A), action: 'kms:Decrypt', resource: KEY, context },
        { identity: identity(A), resource: [keyPolicy(NAMES)], resourceMustAllow: true },
      );
    const viaSecrets = { 'kms:viaservice': 'secretsmanager.us-east-1.amazonaws.com' };
    expect(can({ ...viaSecrets, 'kms:encryptioncontext:secretarn': secretArn(A) })).toBe(true);
    expect(can({ ...viaSecrets, 'kms:encryptioncontext:secretarn': secretArn(B) })).toBe(false);
    expect(can(viaSecrets)).toBe(false);
    expect(can({ 'kms:viaservice': 's3.us-east-1.amazonaws.com' })).toBe(true);
    expect(can({})).toBe(false);
  });

  it("never reaches another's goods or secret, whatever their names", () => {
    const name = fc.stringMatching(/^kk-[a-z0-9](?:[a-z0-9_-]{0,8}[a-z0-9])?$/);
    // Names that continue each other are the ones that a missing slash would let through.
    const pair = fc.oneof(
      fc.tuple(name, name),
      fc.tuple(name, fc.stringMatching(/^[a-z0-9-]{0,6}[a-z0-9]$/)).map(([a, more]) => [a, a + more] as const),
    );
    fc.assert(
      fc.property(pair, fc.stringMatching(/^[a-z0-9/]{1,20}$/), ([a, b], key) => {
        fc.pre(a !== b);
        for (const [one, other] of [
          [a, b],
          [b, a],
        ] as const) {
          for (const action of ['PutObject', 'GetObject', 'DeleteObject']) {
            expect(canObject(one, action, `agents/${other}/${key}`)).toBe(false);
          }
          expect(canList(one, `agents/${other}/${key}`)).toBe(false);
          expect(canRead(one, other)).toBe(false);
        }
      }),
    );
  });
});

describe('a host', () => {
  const can = (host: string, action: string, resource: string) =>
    isAllowed(
      { principal: hostArn(host), action, resource },
      { identity: [hostPolicy(NAMES, { host, unit: host === PACK ? 'kk-*' : host })] },
    );
  const canAct = (host: string, unit: string, on: string) =>
    isAllowed(
      { principal: hostArn(host), action: 'sts:AssumeRole', resource: roleArn(unit) },
      {
        identity: [hostPolicy(NAMES, { host, unit: host === PACK ? 'kk-*' : host })],
        resource: [unitTrust(hostArn(on))],
        resourceMustAllow: true,
      },
    );

  it('acts for its own agents only', () => {
    expect(canAct('kk-validator', 'kk-validator', 'kk-validator')).toBe(true);
    expect(canAct('kk-validator', 'kk-karma-hello', 'kk-karma-hello')).toBe(false);
    expect(canAct(PACK, 'kk-validator', PACK)).toBe(true);
    expect(canAct(PACK, 'kk-validator', 'kk-validator')).toBe(false);
    expect(canAct(PACK, HUB, HUB)).toBe(false);
    expect(canAct(HUB, HUB, HUB)).toBe(true);
    expect(canAct(HUB, 'kk-validator', 'kk-validator')).toBe(false);
  });

  it.each(['kk-validator', PACK, HUB])('%s itself reads no secret, no goods, and no other host', (host) => {
    expect(can(host, 'secretsmanager:GetSecretValue', secretArn('kk-validator'))).toBe(false);
    expect(can(host, 's3:GetObject', `${deliveries}/agents/kk-validator/1`)).toBe(false);
    expect(can(host, 'ssm:GetParametersByPath', NAMES.arn.parameter(NAMES.unitsPath('kk-other')))).toBe(false);
    expect(can(host, 'ssm:GetParametersByPath', NAMES.arn.parameter(NAMES.unitsPath(host)))).toBe(true);
    expect(can(host, 'ssm:PutParameter', NAMES.arn.parameter(`${NAMES.imagesPath(host)}/x`))).toBe(false);
    expect(can(host, 'ssm:GetParameter', NAMES.arn.parameter('/somebody/else'))).toBe(false);
    expect(can(host, 'ecr:PutImage', NAMES.arn.repository(NAMES.repository('agent')))).toBe(false);
    expect(can(host, 'logs:PutLogEvents', `${NAMES.arn.logGroup('/other')}:log-stream:1`)).toBe(false);
  });
});

describe('the hub', () => {
  const can = (action: string, resource: string) =>
    isAllowed({ principal: roleArn(HUB), action, resource }, { identity: identity(HUB) });

  it('reads its own secret and says who it is; it has no goods and no other secret', () => {
    expect(canRead(HUB, HUB)).toBe(true);
    expect(can('ssm:PutParameter', NAMES.arn.parameter(NAMES.hubCaParameter))).toBe(true);
    expect(canRead(HUB, 'kk-validator')).toBe(false);
    expect(canObject(HUB, 'GetObject', 'agents/kk-validator/1')).toBe(false);
    expect(canObject(HUB, 'PutObject', 'agents/hub/1')).toBe(false);
    expect(can('ssm:PutParameter', NAMES.arn.parameter(`${NAMES.imagesPath('kk-validator')}/kk-validator`))).toBe(
      false,
    );
  });
});

describe('the steward', () => {
  it('reads its own secret, and no goods, list, parameter or other secret', () => {
    expect(canRead(STEWARD, STEWARD)).toBe(true);
    for (const other of [HUB, 'kk-validator']) expect(canRead(STEWARD, other)).toBe(false);
    for (const action of ['GetObject', 'PutObject', 'DeleteObject']) {
      for (const owner of ['kk-validator', STEWARD])
        expect(canObject(STEWARD, action, `agents/${owner}/1`)).toBe(false);
    }
    expect(canList(STEWARD, 'agents/kk-validator/')).toBe(false);
    const can = (action: string, resource: string) =>
      isAllowed({ principal: roleArn(STEWARD), action, resource }, { identity: identity(STEWARD) });
    expect(can('ssm:PutParameter', NAMES.arn.parameter(NAMES.hubCaParameter))).toBe(false);
    expect(can('secretsmanager:PutSecretValue', secretArn(STEWARD))).toBe(false);
  });

  it.each([HUB, 'kk-validator', PACK])('lends its role and its secret to no other: %s', (host) => {
    const borrows = (by: string, unit: string) =>
      isAllowed(
        { principal: hostArn(by), action: 'sts:AssumeRole', resource: roleArn(STEWARD) },
        {
          identity: [hostPolicy(NAMES, { host: by, unit })],
          resource: [unitTrust(hostArn(STEWARD))],
          resourceMustAllow: true,
        },
      );
    expect(borrows(STEWARD, STEWARD)).toBe(true);
    expect(borrows(host, host === PACK ? 'kk-*' : host)).toBe(false);
    if (host !== PACK) expect(canRead(host, STEWARD)).toBe(false);
  });
});

describe('the RPC’s address', () => {
  const rpc = NAMES.arn.secrets(`${NAMES.rpcSecret}-a1B2c3`);
  const reads = (principal: string, secretArns: readonly string[]) =>
    isAllowed(
      { principal, action: 'secretsmanager:GetSecretValue', resource: rpc },
      {
        identity: [unitPolicy(NAMES, { unit: 'kk-validator', secretArns, keyArn: KEY })],
        resource: [rpcSecretPolicy(NAMES)],
      },
    );

  it('is read by units that are told of it, and by nobody else, whatever they may', () => {
    expect(reads(roleArn('kk-validator'), [secretArn('kk-validator'), rpc])).toBe(true);
    expect(reads(roleArn('kk-validator'), [secretArn('kk-validator')])).toBe(false);
    expect(reads(`arn:aws:iam::${ACCOUNT}:role/admin`, [rpc])).toBe(false);
    expect(reads(hostArn('kk-validator'), [rpc])).toBe(false);
  });
});

describe('what is shared', () => {
  it('lets no secret be read by an administrator', () => {
    const admin = policy({ Sid: 'All', Effect: 'Allow', Action: ['*'], Resource: ['*'] });
    const call = {
      principal: `arn:aws:iam::${ACCOUNT}:role/admin`,
      action: 'secretsmanager:GetSecretValue',
      resource: secretArn('kk-validator'),
    };
    expect(isAllowed(call, { identity: [admin], resource: [secretPolicy(roleArn('kk-validator'))] })).toBe(false);
  });

  it('lets no stolen goods out through the S3 endpoint to a bucket of somebody else', () => {
    const pass = (action: string, resource: string) =>
      isAllowed(
        { principal: roleArn('kk-validator'), action, resource },
        { identity: [], resource: [s3EndpointPolicy(NAMES)], resourceMustAllow: true },
      );
    expect(pass('s3:PutObject', `${deliveries}/x`)).toBe(true);
    expect(pass('s3:PutObject', 'arn:aws:s3:::eve/x')).toBe(false);
    expect(pass('s3:PutObject', 'arn:aws:s3:::al2023-repos-us-east-1-de612dc2/x')).toBe(false);
  });

  it("keeps IAM's variables out of Terraform's hands", () => {
    const text = policyJson(operatorPolicy(NAMES, KEY));
    expect(text).toContain('$${aws:userid}');
  });
});
