import { must } from './command.ts';

/** Addresses of the cloud that the machines of the test live in. */
export const CLOUD = {
  /** The gateway of the VPC; where packets for anything else than the VPC go. */
  gateway: '10.42.0.1',
  dns: '10.42.0.2',
  metadata: '169.254.169.254',
  /** The agents' subnet. */
  privateCidr: '10.42.16.0/20',
  /** What answers for the world: an address of documentation's, so that nothing real is hidden. */
  world: '198.51.100.1',
} as const;

/** Namespaces of a network of its own, which nothing of this machine's network is part of. */
export interface CloudNetwork {
  /** The namespace of the cloud itself. */
  readonly cloud: string;
  /** Makes a machine's namespace: one address in the VPC, everything else through `via`. */
  readonly join: (host: string, address: string, via: string) => Promise<string>;
  readonly remove: () => Promise<void>;
}

/** Makes the cloud's namespace with its addresses. Names begin with `prefix`, so that runs don't meet. */
export async function createNetwork(prefix: string): Promise<CloudNetwork> {
  const cloud = `${prefix}-cloud`;
  const made: string[] = [];
  const add = async (name: string) => {
    await must('ip', 'netns', 'add', name);
    made.push(name);
    await must('ip', '-n', name, 'link', 'set', 'lo', 'up');
  };
  await add(cloud);
  await must('ip', '-n', cloud, 'link', 'add', 'vpc', 'type', 'bridge');
  await must('ip', '-n', cloud, 'address', 'add', `${CLOUD.gateway}/16`, 'dev', 'vpc');
  for (const address of [CLOUD.dns, CLOUD.metadata, CLOUD.world]) {
    await must('ip', '-n', cloud, 'address', 'add', `${address}/32`, 'dev', 'vpc');
  }
  await must('ip', '-n', cloud, 'link', 'set', 'vpc', 'up');
  // A private subnet has no way to the world of its own: what isn't sent on by the hub, under its address, is lost.
  await must('ip', '-n', cloud, 'rule', 'add', 'pref', '100', 'lookup', 'local');
  await must('ip', '-n', cloud, 'rule', 'delete', 'pref', '0');
  await must('ip', '-n', cloud, 'rule', 'add', 'pref', '50', 'from', CLOUD.privateCidr, 'to', CLOUD.world, 'blackhole');
  return {
    cloud,
    join: async (host, address, via) => {
      const name = `${prefix}-${host}`;
      await add(name);
      const port = `to-${host}`;
      await must('ip', '-n', name, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', port, 'netns', cloud);
      await must('ip', '-n', cloud, 'link', 'set', port, 'master', 'vpc', 'up');
      await must('ip', '-n', name, 'address', 'add', `${address}/16`, 'dev', 'eth0');
      await must('ip', '-n', name, 'link', 'set', 'eth0', 'up');
      await must('ip', '-n', name, 'route', 'add', 'default', 'via', via);
      // The hypervisor answers for this one, whatever the routes of a subnet say.
      if (via !== CLOUD.gateway) {
        await must('ip', '-n', name, 'route', 'add', CLOUD.metadata, 'via', CLOUD.gateway);
      }
      return name;
    },
    remove: async () => {
      for (const name of made.reverse()) await must('ip', 'netns', 'delete', name);
    },
  };
}
