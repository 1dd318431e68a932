import { DefaultSecurityGroup } from '@cdktf/provider-aws/lib/default-security-group/index.js';
import { Eip } from '@cdktf/provider-aws/lib/eip/index.js';
import type { Instance } from '@cdktf/provider-aws/lib/instance/index.js';
import { InternetGateway } from '@cdktf/provider-aws/lib/internet-gateway/index.js';
import { NatGateway } from '@cdktf/provider-aws/lib/nat-gateway/index.js';
import { Route } from '@cdktf/provider-aws/lib/route/index.js';
import { RouteTable } from '@cdktf/provider-aws/lib/route-table/index.js';
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association/index.js';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js';
import { Subnet } from '@cdktf/provider-aws/lib/subnet/index.js';
import { Vpc } from '@cdktf/provider-aws/lib/vpc/index.js';
import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint/index.js';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js';
import { type FleetContext, named } from './context.ts';
import { networkPlan } from './network-plan.ts';
import { policyJson } from './policy/document.ts';
import { s3EndpointPolicy } from './policy/shared.ts';

/** Ports of the hub: git over HTTPS, and IRC over TLS. */
export const HUB_PORTS = { git: 8443, irc: 6697 } as const;

/** What machines need of the network. */
export interface Network {
  readonly publicSubnetId: string;
  readonly privateSubnetId: string;
  readonly privateRoutesId: string;
  readonly agentGroupId: string;
  readonly hubGroupId: string;
  readonly s3EndpointId: string;
  readonly internet: InternetGateway;
}

/**
 * A VPC whose agents have no public address and accept nothing from anywhere.
 *
 * The way out, per month and before data: a public address each is 24 × 3.65 = 87.60 USD; a NAT gateway 32.85; the
 * interface endpoints that Secrets Manager, STS, ECR, Logs and Session Manager would need are 7.30 each and still
 * don't reach the chain; an egress-only IPv6 gateway is free, but not every RPC and AWS endpoint answers IPv6. The hub
 * has to run anyway, has one public address (3.65) and traffic of a few GB: it is the way out. Without the hub there
 * is no vault to write to either, so it adds no new single point of failure. `egress: nat-gateway` buys the other way.
 */
export function createNetwork(context: FleetContext): Network {
  const { stack, config, names } = context;
  const plan = networkPlan(config.vpcCidr);
  const tag = (what: string) => ({ tags: { Name: `${names.stack}-${what}` } });

  const vpc = named(
    new Vpc(stack, 'vpc', {
      cidrBlock: config.vpcCidr,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      ...tag('vpc'),
    }),
    'vpc',
  );
  // The default group allows its members everything; taken over with no rules, it allows nothing.
  named(new DefaultSecurityGroup(stack, 'default-group', { vpcId: vpc.id, ...tag('default-closed') }), 'default_group');
  const zone = `${config.region}${config.availabilityZone}`;
  const subnet = (id: string, cidrBlock: string) =>
    named(
      new Subnet(stack, `${id}-subnet`, {
        vpcId: vpc.id,
        cidrBlock,
        availabilityZone: zone,
        mapPublicIpOnLaunch: false,
        ...tag(id),
      }),
      `${id}_subnet`,
    );
  const publicSubnet = subnet('public', plan.publicCidr);
  const privateSubnet = subnet('private', plan.privateCidr);
  const internet = named(new InternetGateway(stack, 'internet', { vpcId: vpc.id, ...tag('internet') }), 'internet');

  const groups = createGroups(context, vpc.id);
  const table = (id: string, subnetId: string) => {
    const made = named(new RouteTable(stack, `${id}-routes`, { vpcId: vpc.id, ...tag(id) }), `${id}_routes`);
    named(
      new RouteTableAssociation(stack, `${id}-association`, { routeTableId: made.id, subnetId }),
      `${id}_association`,
    );
    return made;
  };
  const publicRoutes = table('public', publicSubnet.id);
  const privateRoutes = table('private', privateSubnet.id);
  const everywhere = { destinationCidrBlock: '0.0.0.0/0' };
  named(
    new Route(stack, 'public-out', { routeTableId: publicRoutes.id, gatewayId: internet.id, ...everywhere }),
    'public_out',
  );
  if (config.egress === 'nat-gateway') {
    const natGatewayId = createNatGateway(context, publicSubnet.id, internet).id;
    named(
      new Route(stack, 'private-out', { routeTableId: privateRoutes.id, natGatewayId, ...everywhere }),
      'private_out',
    );
  }

  const s3 = named(
    new VpcEndpoint(stack, 's3', {
      vpcId: vpc.id,
      serviceName: `com.amazonaws.${config.region}.s3`,
      vpcEndpointType: 'Gateway',
      routeTableIds: [publicRoutes.id, privateRoutes.id],
      policy: policyJson(s3EndpointPolicy(names)),
      ...tag('s3'),
    }),
    's3_endpoint',
  );
  return {
    publicSubnetId: publicSubnet.id,
    privateSubnetId: privateSubnet.id,
    privateRoutesId: privateRoutes.id,
    agentGroupId: groups.agents,
    hubGroupId: groups.hub,
    s3EndpointId: s3.id,
    internet,
  };
}

/** Gives the hub its public address, and (where it is the way out) sends the private subnet through it. */
export function connectHub({ stack, config, names }: FleetContext, network: Network, hub: Instance): void {
  named(
    new Eip(stack, 'hub-address', {
      domain: 'vpc',
      instance: hub.id,
      dependsOn: [network.internet],
      tags: { Name: `${names.stack}-hub` },
    }),
    'hub_address',
  );
  if (config.egress !== 'hub') return;
  named(
    new Route(stack, 'private-out', {
      routeTableId: network.privateRoutesId,
      networkInterfaceId: hub.primaryNetworkInterfaceId,
      destinationCidrBlock: '0.0.0.0/0',
    }),
    'private_out',
  );
}

/** Agents: nothing in; HTTPS and the hub out. Hub: its two ports and forwarded HTTPS in, from the agents only. */
function createGroups({ stack, config, names }: FleetContext, vpcId: string): { agents: string; hub: string } {
  const group = (id: string, description: string) =>
    named(
      new SecurityGroup(stack, `${id}-group`, {
        vpcId,
        name: `${names.stack}-${id}`,
        description,
        tags: { Name: `${names.stack}-${id}` },
      }),
      `${id}_group`,
    ).id;
  const agents = group('agents', 'Agents: nothing comes in');
  const hub = group('hub', 'Hub: git, IRC and the way out, for agents only');
  const tcp = (port: number) => ({ ipProtocol: 'tcp', fromPort: port, toPort: port });
  const rule = (id: string) => ({ tags: { Name: `${names.stack}-${id}` } });
  const forwarded = config.egress === 'hub' ? { forwarded: 443 } : {};
  for (const [id, port] of Object.entries({ ...HUB_PORTS, ...forwarded })) {
    named(
      new VpcSecurityGroupIngressRule(stack, `hub-in-${id}`, {
        securityGroupId: hub,
        referencedSecurityGroupId: agents,
        ...tcp(port),
        ...rule(`hub-in-${id}`),
      }),
      `hub_in_${id}`,
    );
  }
  for (const [id, port] of Object.entries(HUB_PORTS)) {
    named(
      new VpcSecurityGroupEgressRule(stack, `agents-to-${id}`, {
        securityGroupId: agents,
        referencedSecurityGroupId: hub,
        ...tcp(port),
        ...rule(`agents-to-${id}`),
      }),
      `agents_to_${id}`,
    );
  }
  for (const [id, securityGroupId] of Object.entries({ agents, hub })) {
    named(
      new VpcSecurityGroupEgressRule(stack, `${id}-https-out`, {
        securityGroupId,
        cidrIpv4: '0.0.0.0/0',
        description: 'HTTPS to AWS and the chain',
        ...tcp(443),
        ...rule(`${id}-https-out`),
      }),
      `${id}_https_out`,
    );
  }
  return { agents, hub };
}

function createNatGateway({ stack, names }: FleetContext, subnetId: string, internet: InternetGateway): NatGateway {
  const tags = { Name: `${names.stack}-nat` };
  const address = named(new Eip(stack, 'nat-address', { domain: 'vpc', tags }), 'nat_address');
  return named(
    new NatGateway(stack, 'nat', { subnetId, allocationId: address.allocationId, dependsOn: [internet], tags }),
    'nat',
  );
}
