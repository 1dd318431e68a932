import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { keyPolicy } from '../../infra/policy/shared.ts';
import { STEWARD } from '../../lib/core/ids.ts';
import { parseOperatorKeys } from '../../lib/core/operator-keys.ts';
import { HUB, PACK } from '../../lib/fleet/fleet-names.ts';
import { readStewardEnvironment } from '../../lib/host/container/container-environment.ts';
import { operator } from '../support/operators.ts';
import { isAllowed } from './evaluate.ts';
import { lintFleet } from './lint.ts';
import { fleetConfig, NAMES, ofType, type Synthesized, shippedAgents, synthesizeNow } from './support.ts';

const agents = shippedAgents();
const names = (from: Synthesized, type: string) => [...ofType(from, type).keys()].sort();
const addresses = (from: Synthesized) =>
  Object.entries(from.resources).flatMap(([type, all]) => Object.keys(all).map((name) => `${type}.${name}`));

const keyTemplate = z.looseObject({
  Resources: z.looseObject({ Key: z.looseObject({ Properties: z.looseObject({ KeyPolicy: z.unknown() }) }) }),
});

describe('the synthesized fleet', () => {
  let dedicated: Synthesized;
  let packed: Synthesized;
  beforeAll(() => {
    dedicated = synthesizeNow(fleetConfig(), agents);
    packed = synthesizeNow(fleetConfig({ placement: 'packed' }), agents);
  });

  it('has one instance, role, secret, log and alarm for silence an agent, and the hub’s', () => {
    expect(agents).toHaveLength(24);
    const each = (suffix: string) => [HUB, ...agents].map((unit) => `${unit}_${suffix}`).sort();
    expect(names(dedicated, 'aws_instance')).toEqual(each('instance'));
    expect(names(dedicated, 'aws_secretsmanager_secret')).toEqual(each('secret'));
    expect(names(dedicated, 'aws_cloudwatch_log_group')).toEqual(each('log'));
    expect(names(dedicated, 'aws_iam_role')).toEqual(expect.arrayContaining(each('role')));
    expect(names(dedicated, 'aws_cloudwatch_metric_alarm')).toEqual([...each('silent'), ...each('status')].sort());
  });

  it('has two instances when packed, and still one role, secret and log an agent', () => {
    expect(names(packed, 'aws_instance')).toEqual([`${HUB}_instance`, `${PACK}_instance`]);
    for (const agent of agents) {
      expect(packed.resources.aws_iam_role).toHaveProperty([`${agent}_role`]);
      expect(packed.resources.aws_secretsmanager_secret).toHaveProperty([`${agent}_secret`]);
    }
  });

  it.each(['dedicated', 'packed'] as const)(
    '%s: an added agent adds its own resources and changes none',
    (placement) => {
      const config = fleetConfig({ placement });
      const before = synthesizeNow(config, agents);
      const after = synthesizeNow(config, [...agents, 'kk-new-one']);
      const old = new Set(addresses(before));
      const added = addresses(after).filter((address) => !old.has(address));
      expect(added.every((address) => address.includes('.kk-new-one_'))).toBe(true);
      expect(added.length).toBeGreaterThan(6);
      for (const [type, all] of Object.entries(before.resources)) {
        for (const [name, body] of Object.entries(all)) expect(after.resources[type]?.[name]).toEqual(body);
      }
    },
  );

  it.each(['dedicated', 'packed'] as const)(
    '%s: a steward is a machine, role, secret and log of its own, and changes nobody’s',
    (placement) => {
      const [without, withSteward] = [false, true].map((steward) =>
        synthesizeNow(fleetConfig({ placement, steward }), agents),
      );
      if (without === undefined || withSteward === undefined) return expect.fail('nothing was synthesized');
      const old = new Set(addresses(without));
      const added = addresses(withSteward).filter((address) => !old.has(address));
      expect(added.every((address) => address.includes(`.${STEWARD}_`))).toBe(true);
      const made = ['aws_instance', 'aws_iam_role', 'aws_secretsmanager_secret', 'aws_cloudwatch_log_group'];
      for (const type of made) expect(added.some((address) => address.startsWith(`${type}.`))).toBe(true);
      for (const [type, all] of Object.entries(without.resources)) {
        for (const [name, body] of Object.entries(all)) expect(withSteward.resources[type]?.[name]).toEqual(body);
      }
      const said = String(ofType(withSteward, 'aws_ssm_parameter').get(`${STEWARD}_unit`)?.value);
      const { command, env } = JSON.parse(said) as { command: string[]; env: Record<string, string> };
      expect(command).toEqual(['steward']);
      expect(readStewardEnvironment(env).KK_SECRET).toBe(NAMES.secret(STEWARD));
      expect(env).not.toHaveProperty('KK_BUCKET');
    },
  );

  it('tells units where the RPC’s address is kept when it has a key, and the address itself when not', () => {
    const keyed = synthesizeNow(fleetConfig({ chain: { ...fleetConfig().chain, keyedRpc: true } }), agents);
    const envOf = (from: Synthesized) => {
      const said = String(ofType(from, 'aws_ssm_parameter').get('kk-validator_unit')?.value);
      return (JSON.parse(said) as { env: Record<string, string> }).env;
    };
    expect(envOf(dedicated)).toMatchObject({ KK_RPC: 'https://sepolia.base.org' });
    expect(envOf(dedicated)).not.toHaveProperty('KK_RPC_SECRET');
    expect(envOf(keyed)).toMatchObject({ KK_RPC_SECRET: NAMES.rpcSecret });
    expect(envOf(keyed)).not.toHaveProperty('KK_RPC');
    expect(names(dedicated, 'aws_secretsmanager_secret')).not.toContain('rpc_secret');
    expect(names(keyed, 'aws_secretsmanager_secret')).toContain('rpc_secret');
    const policyOf = (unit: string) => String(ofType(keyed, 'aws_iam_role_policy').get(`${unit}_policy`)?.policy);
    expect(policyOf('kk-validator')).toContain('rpc_secret');
    expect(policyOf(HUB)).not.toContain('rpc_secret');
  });

  it('gives the operators’ keys to every unit, and the hub the swarm that their orders must be for', () => {
    const operatorKeys = [operator('anna').line, `0x${'1'.repeat(40)}`];
    const keyed = synthesizeNow(fleetConfig({ operatorKeys, steward: true }), agents);
    const envOf = (unit: string, from = keyed) => {
      const said = String(ofType(from, 'aws_ssm_parameter').get(`${unit}_unit`)?.value);
      return (JSON.parse(said) as { env: Record<string, string> }).env;
    };
    for (const unit of [HUB, STEWARD, 'kk-validator']) {
      expect(parseOperatorKeys(envOf(unit).KK_OPERATOR_KEYS ?? '')).toEqual(parseOperatorKeys(operatorKeys.join(',')));
      expect(envOf(unit)).toMatchObject({ KK_CHAIN: fleetConfig().chain.id, KK_ESCROW: fleetConfig().chain.escrow });
    }
    expect(envOf(HUB, dedicated)).not.toHaveProperty('KK_OPERATOR_KEYS');
    expect(() => fleetConfig({ operatorKeys: ['ssh-rsa AAAA anna'] })).toThrow(/operatorKeys/);
  });

  it('names in a policy of one agent no other agent', () => {
    for (const [name, body] of ofType(dedicated, 'aws_iam_role_policy')) {
      const owner = name.replace(/_(host_)?policy$/, '');
      for (const other of agents) {
        if (other === owner) continue;
        expect(String(body.policy)).not.toMatch(new RegExp(`${other}(?![a-z0-9_-])`));
      }
    }
  });

  it('starts no machine without an image, but makes what an image and secrets are put into', () => {
    const pending = synthesizeNow(fleetConfig({ images: 'pending' }), agents);
    expect(names(pending, 'aws_instance')).toEqual([]);
    expect(names(pending, 'aws_ecr_repository')).toEqual(['agent_repository', 'hub_repository']);
    expect(names(pending, 'aws_secretsmanager_secret')).toHaveLength(25);
  });

  it('leaves a roll of images alone, and never replaces machines for a new boot script', () => {
    for (const [name, body] of ofType(dedicated, 'aws_ssm_parameter')) {
      if (name.endsWith('_image')) expect(body.lifecycle).toEqual({ ignore_changes: ['value'] });
    }
    for (const body of ofType(dedicated, 'aws_instance').values()) {
      expect(body.lifecycle).toMatchObject({ ignore_changes: expect.arrayContaining(['ami', 'user_data_base64']) });
    }
  });

  it('has parameters that fit their 4 KiB', () => {
    for (const body of ofType(dedicated, 'aws_ssm_parameter').values()) {
      expect(Buffer.byteLength(String(body.value))).toBeLessThan(4096);
    }
  });

  it('lets no image expire for what a push consists of: only tags are counted, releases apart', () => {
    const rule = z.looseObject({ selection: z.looseObject({ tagStatus: z.string(), countType: z.string() }) });
    const policies = z.looseObject({ rules: z.array(rule) });
    for (const body of ofType(dedicated, 'aws_ecr_lifecycle_policy').values()) {
      const { rules } = policies.parse(JSON.parse(String(body.policy)));
      const counted = rules.filter(({ selection }) => selection.countType === 'imageCountMoreThan');
      expect(counted.map(({ selection }) => selection.tagStatus)).toEqual(['tagged', 'tagged']);
      expect(rules[0]).toMatchObject({ selection: { tagPatternList: ['v*'] } });
    }
  });

  it('has a key that no destroy takes away, and that nothing stored can outlast', () => {
    expect(names(dedicated, 'aws_kms_key')).toEqual([]);
    expect(ofType(dedicated, 'aws_cloudformation_stack').get('key')).toMatchObject({
      lifecycle: { ignore_changes: 'all' },
    });
    for (const body of ofType(dedicated, 'aws_s3_bucket').values()) {
      expect(body.depends_on).toEqual(['aws_cloudformation_stack.key']);
    }
  });

  it('has a key that the services may use from its first moment on: its policy is its template’s', () => {
    const whole = keyPolicy(NAMES);
    const template = JSON.parse(String(ofType(dedicated, 'aws_cloudformation_stack').get('key')?.template_body));
    expect(keyTemplate.parse(template).Resources.Key.Properties.KeyPolicy).toEqual(whole);
    expect(JSON.parse(String(ofType(dedicated, 'aws_kms_key_policy').get('key_policy')?.policy))).toEqual(whole);
    const may = (principal: string, action: string, context: Readonly<Record<string, string>>) =>
      isAllowed(
        { principal, action: `kms:${action}`, resource: 'the key', context },
        { identity: [], resource: [whole], resourceMustAllow: true },
      );
    const groups = [...ofType(dedicated, 'aws_cloudwatch_log_group').values()].map(({ name }) => String(name));
    expect(groups).toHaveLength(25);
    for (const group of groups) {
      const context = { 'kms:encryptioncontext:aws:logs:arn': NAMES.arn.logGroup(group) };
      for (const action of ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'GenerateDataKey', 'DescribeKey']) {
        expect(may(`logs.${NAMES.region}.amazonaws.com`, action, context)).toBe(true);
      }
    }
    for (const service of ['cloudwatch.amazonaws.com', 'budgets.amazonaws.com']) {
      for (const action of ['Decrypt', 'GenerateDataKey']) {
        expect(may(service, action, { 'aws:sourceaccount': NAMES.accountId })).toBe(true);
      }
    }
    expect(may(NAMES.accountRoot, 'PutKeyPolicy', {})).toBe(true);
  });

  it('keeps disks as they are when the key is another: the vault on the hub’s, and the machines’ own', () => {
    expect(ofType(dedicated, 'aws_ebs_volume').get('hub_data')?.lifecycle).toEqual({ ignore_changes: ['kms_key_id'] });
    for (const body of ofType(dedicated, 'aws_instance').values()) {
      expect(body.lifecycle).toMatchObject({
        ignore_changes: expect.arrayContaining(['root_block_device[0].kms_key_id']),
      });
    }
  });

  it('keeps the state in a bucket with a lock where that is asked for', () => {
    const remote = synthesizeNow(fleetConfig({ state: { kind: 's3', bucket: 'kk-state' } }), ['kk-a']);
    expect(remote.terraform.backend).toMatchObject({
      s3: { bucket: 'kk-state', key: 'fleet/terraform.tfstate', encrypt: true, use_lockfile: true },
    });
  });

  it('sends nothing through a NAT gateway unless that is chosen', () => {
    expect(names(dedicated, 'aws_nat_gateway')).toEqual([]);
    expect(names(synthesizeNow(fleetConfig({ egress: 'nat-gateway' }), ['kk-a']), 'aws_nat_gateway')).toEqual(['nat']);
  });

  it('refuses credentials of another account', () => {
    expect(dedicated.text).toContain(`"allowed_account_ids": [\n          "${NAMES.accountId}"`);
  });

  it.each(['dedicated', 'packed', 'nat-gateway', 'pending'] as const)(
    '%s: has no high finding of the security lint',
    (kind) => {
      const changes =
        kind === 'packed'
          ? { placement: kind }
          : kind === 'nat-gateway'
            ? { egress: kind }
            : kind === 'pending'
              ? { images: kind }
              : {};
      expect(lintFleet(synthesizeNow(fleetConfig(changes), agents))).toEqual([]);
    },
  );

  it('has a lint that finds what is planted', () => {
    const plant = (type: string, body: Record<string, unknown>) =>
      lintFleet({ ...dedicated, resources: { [type]: { planted: body } } });
    expect(plant('aws_vpc_security_group_ingress_rule', { cidr_ipv4: '0.0.0.0/0', from_port: 22 })).toHaveLength(1);
    expect(plant('aws_instance', { associate_public_ip_address: true })).toHaveLength(5);
    expect(plant('aws_s3_bucket', { bucket: 'b' })).toHaveLength(4);
    expect(plant('aws_ecr_repository', {})).toHaveLength(3);
    expect(plant('aws_kms_key', { enable_key_rotation: true })).toHaveLength(1);
    expect(plant('aws_cloudformation_stack', { template_body: '{}' })).toHaveLength(2);
    expect(plant('aws_ssm_parameter', { type: 'SecureString' })).toHaveLength(1);
    expect(plant('aws_secretsmanager_secret_version', {})).toHaveLength(1);
    const policy = {
      Version: '2012-10-17',
      Statement: [{ Sid: 'X', Effect: 'Allow', Action: ['s3:*'], Resource: ['*'] }],
    };
    expect(plant('aws_iam_role_policy', { policy: JSON.stringify(policy) })).toHaveLength(2);
  });
});
