import { STEWARD } from '../lib/core/ids.ts';
import type { Role } from '../lib/core/manifest.ts';
import { HUB } from '../lib/fleet/fleet-names.ts';
import { MEMORY_LIMIT_MIB } from '../lib/fleet/memory-needs.ts';
import type { FleetContext } from './context.ts';
import { HUB_DATA } from './hub.ts';
import { HUB_PORTS } from './network.ts';
import type { Container } from './unit-parameter.ts';

/** The container of a unit; `roleOf` knows the agents. */
export function containerOf(context: FleetContext, unit: string, roleOf: (agent: string) => Role): Container {
  if (unit === HUB) {
    const { memoryMb } = context.config.hub;
    const ports = Object.values(HUB_PORTS);
    return { command: [], memoryMb, ports, data: HUB_DATA, env: hubEnvironment(context) };
  }
  const plain = { ports: [], data: '' };
  if (unit === STEWARD) {
    return {
      ...plain,
      command: ['steward'],
      memoryMb: MEMORY_LIMIT_MIB.steward,
      env: sharedEnvironment(context, unit),
    };
  }
  const memoryMb = MEMORY_LIMIT_MIB.agent[roleOf(unit)];
  return { ...plain, command: [], memoryMb, env: agentEnvironment(context, unit) };
}

function agentEnvironment(context: FleetContext, agent: string): Readonly<Record<string, string>> {
  const { names } = context;
  return {
    ...sharedEnvironment(context, agent),
    KK_AGENT: agent,
    KK_BUCKET: names.deliveries,
    KK_CORPUS: names.corpus,
    KK_PREFIX: names.prefix(agent),
  };
}

/**
 * The environment of all units that use the hub. Nothing in it is secret: the wallet key, the delivery seed and the hub's
 * credential are in the secret named here, an RPC address with a key in another; the container reads them itself.
 */
function sharedEnvironment({ config, names }: FleetContext, unit: string): Readonly<Record<string, string>> {
  return {
    AWS_REGION: config.region,
    KK_SECRET: names.secret(unit),
    KK_VAULT_REMOTE: `https://hub:${HUB_PORTS.git}/vault.git`,
    KK_IRC: `ircs://hub:${HUB_PORTS.irc}`,
    KK_CHAIN: config.chain.id,
    ...(config.chain.keyedRpc ? { KK_RPC_SECRET: names.rpcSecret } : { KK_RPC: config.chain.rpcUrl }),
    KK_ESCROW: config.chain.escrow,
    KK_TOKEN: config.chain.token,
    ...operatorKeysOf(config),
    NODE_EXTRA_CA_CERTS: '/run/kk/hub-ca.pem',
  };
}

/** The environment of the hub. Which agents it serves is in its secret, with their accounts: adding one changes no resource of it. */
function hubEnvironment({ config, names }: FleetContext): Readonly<Record<string, string>> {
  return {
    AWS_REGION: config.region,
    KK_SECRET: names.secret('hub'),
    KK_GIT_PORT: String(HUB_PORTS.git),
    KK_IRC_PORT: String(HUB_PORTS.irc),
    KK_CA_PARAMETER: names.hubCaParameter,
    KK_CHAIN: config.chain.id,
    KK_ESCROW: config.chain.escrow,
    ...operatorKeysOf(config),
  };
}

/** The public keys whose signed notes count: they reach every unit by its configuration, where no push to the vault changes them. */
function operatorKeysOf({ operatorKeys }: FleetContext['config']): Readonly<Record<string, string>> {
  return operatorKeys.length === 0 ? {} : { KK_OPERATOR_KEYS: operatorKeys.join(',') };
}
