import type { FleetContext } from './context.ts';
import { HUB_PORTS } from './network.ts';

/**
 * The environment of a heartbeat container. Nothing in it is secret: the wallet key, the delivery seed, the hub's
 * credential (and an RPC address with a key, where one is used) are in the secret named here, which the container reads itself.
 */
export function agentEnvironment({ config, names }: FleetContext, agent: string): Readonly<Record<string, string>> {
  return {
    AWS_REGION: config.region,
    KK_AGENT: agent,
    KK_SECRET: names.secret(agent),
    KK_VAULT_REMOTE: `https://hub:${HUB_PORTS.git}/vault.git`,
    KK_IRC: `ircs://hub:${HUB_PORTS.irc}`,
    KK_BUCKET: names.deliveries,
    KK_CORPUS: names.corpus,
    KK_PREFIX: names.prefix(agent),
    KK_CHAIN: config.chain.id,
    KK_RPC: config.chain.rpcUrl,
    KK_ESCROW: config.chain.escrow,
    KK_TOKEN: config.chain.token,
    NODE_EXTRA_CA_CERTS: '/run/kk/hub-ca.pem',
  };
}

/** The environment of the hub. Which agents it serves is in its secret, with their accounts: adding one changes no resource of it. */
export function hubEnvironment({ config, names }: FleetContext): Readonly<Record<string, string>> {
  return {
    AWS_REGION: config.region,
    KK_SECRET: names.secret('hub'),
    KK_GIT_PORT: String(HUB_PORTS.git),
    KK_IRC_PORT: String(HUB_PORTS.irc),
    KK_CA_PARAMETER: names.hubCaParameter,
  };
}
