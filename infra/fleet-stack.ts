import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import { type App, LocalBackend, S3Backend, TerraformOutput, TerraformStack } from 'cdktf';
import { STEWARD } from '../lib/core/ids.ts';
import type { Role } from '../lib/core/manifest.ts';
import type { FleetConfig } from '../lib/fleet/fleet-config.ts';
import type { Inventory } from '../lib/fleet/fleet-inventory.ts';
import { HUB, namesOf } from '../lib/fleet/fleet-names.ts';
import { agentHosts, type HostPlan, hostOf, hubHost, stewardHosts } from '../lib/fleet/fleet-placement.ts';
import { containerOf } from './container.ts';
import type { FleetContext } from './context.ts';
import { createBuckets } from './data.ts';
import { createHost, type Host } from './host.ts';
import { attachHubVolume, createHubVolume } from './hub.ts';
import { createKey } from './key.ts';
import { connectHub, createNetwork } from './network.ts';
import { hubAddress } from './network-plan.ts';
import { createOperator } from './operator.ts';
import { createRegistry } from './registry.ts';
import { createRpcSecret, createUnit, createUnitBase } from './unit.ts';
import { userData } from './user-data.ts';
import { createWatch } from './watch.ts';

/** The name of the one stack of the app. */
export const STACK_ID = 'fleet';

/** The parts of an agent's manifest that decide its machine. */
export interface FleetAgent {
  readonly name: string;
  readonly role: Role;
}

/** Describes the whole fleet: `agents` are those of the manifests. With `images: pending`, all but the machines. */
export function createFleet(app: App, config: FleetConfig, agents: readonly FleetAgent[]): TerraformStack {
  const roles = new Map(agents.map(({ name, role }) => [name, role]));
  const agentNames = agents.map(({ name }) => name);
  const stack = new TerraformStack(app, STACK_ID);
  const names = namesOf(config);
  const context: FleetContext = { stack, config, names };
  configure(context);

  const key = createKey(context);
  const network = createNetwork(context);
  createBuckets(context, key, network.s3EndpointId);
  const repositories = createRegistry(context, key);
  createOperator(context, key);
  const topicArn = createWatch(context, key);
  const volume = createHubVolume(context, key);
  const rpc = createRpcSecret(context, key);
  const bases = [HUB, ...(config.steward ? [STEWARD] : []), ...agentNames].map((unit) =>
    createUnitBase(context, key, unit, rpc),
  );

  const { images } = config;
  const plans: readonly HostPlan[] =
    images === 'pending' ? [] : [hubHost(config), ...stewardHosts(config), ...agentHosts(config, agentNames)];
  const hosts = new Map<string, Host>(
    plans.map((plan) => [plan.host, createHost(context, key, network, plan, topicArn)]),
  );
  const hub = hosts.get(HUB);
  if (hub !== undefined) {
    attachHubVolume(context, volume, hub.instance.id);
    connectHub(context, network, hub.instance);
  }

  for (const base of bases) {
    const { unit } = base;
    const host = hostOf(config, unit);
    const on = hosts.get(host);
    if (on === undefined || images === 'pending') continue;
    createUnit(
      context,
      key,
      base,
      {
        unit,
        host,
        hostRole: on.role,
        ...containerOf(context, unit, (agent) => roles.get(agent) ?? 'buyer'),
        image: unit === HUB ? images.hub : images.agent,
      },
      topicArn,
    );
  }

  const inventory: Inventory = {
    apiVersion: 'karmakadabra/v1',
    kind: 'FleetInventory',
    stack: names.stack,
    accountId: config.accountId,
    region: config.region,
    placement: config.placement,
    deliveriesBucket: names.deliveries,
    corpusBucket: names.corpus,
    unitDocument: names.unitDocument,
    hubAddress: hubAddress(config.vpcCidr),
    repositories,
    hosts: plans.map((plan) => ({
      host: plan.host,
      instanceId: hosts.get(plan.host)?.instance.id ?? '',
      instanceType: plan.instanceType,
      privateIp: hosts.get(plan.host)?.instance.privateIp ?? '',
      boot: `${userData(config, names, plan.host).version} ${config.machine.image}`,
    })),
    units: bases.map(({ unit, secret }) => {
      const host = hostOf(config, unit);
      return {
        unit,
        host,
        role: names.arn.role(names.unitRolePath, names.unitRole(unit)),
        secret: secret.arn,
        logGroup: names.logGroup(unit),
        imageParameter: `${names.imagesPath(host)}/${unit}`,
        image: images === 'pending' ? '' : unit === HUB ? images.hub : images.agent,
      };
    }),
  };
  new TerraformOutput(stack, 'inventory', { value: inventory, staticId: true });
  return stack;
}

function configure({ stack, config, names }: FleetContext): void {
  new AwsProvider(stack, 'aws', {
    region: config.region,
    allowedAccountIds: [config.accountId],
    defaultTags: [{ tags: { Stack: names.stack, Project: 'karmakadabra', ManagedBy: 'cdktf' } }],
  });
  const { state } = config;
  if (state.kind === 'local') {
    new LocalBackend(stack, { path: 'terraform.fleet.tfstate' });
    return;
  }
  const backend = new S3Backend(stack, { bucket: state.bucket, key: state.key, region: config.region, encrypt: true });
  // The lock is a file beside the state (Terraform 1.10 and newer): no table to pay for.
  backend.addOverride('use_lockfile', true);
}
