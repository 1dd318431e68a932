import { expect, it } from 'vitest';
import { unitOf, unitsOf } from './units.ts';
import type { ContainerWorld } from './world.ts';

const NODE = '/usr/local/bin/node';

/** What holds for each container of a swarm that is up, whatever it does. `agent` is one of the 24. */
export function containmentLaws(world: ContainerWorld, agent: string): void {
  it('contains each: user 10001, read-only, without capabilities or new rights, bounded, no way out but the hub’s door', async () => {
    for (const { service, HostConfig, Config, NetworkSettings } of await unitsOf(world)) {
      const contained = { ReadonlyRootfs: true, CapDrop: ['ALL'], Privileged: false, Init: true };
      expect(HostConfig, service).toMatchObject(contained);
      expect(HostConfig.SecurityOpt, service).toEqual(['no-new-privileges:true']);
      expect(HostConfig.Memory, service).toBeGreaterThan(0);
      expect(HostConfig.PidsLimit, service).toBeGreaterThan(0);
      expect(Config.User, service).toBe('10001:10001');
      const networks = Object.keys(NetworkSettings.Networks).map((name) => name.split('_').at(-1));
      expect(networks.sort(), service).toEqual(service === 'hub' ? ['door', 'floor'] : ['floor']);
    }
    const floor = ['network', 'inspect', '--format', '{{.Internal}}', `${world.project}_floor`];
    expect((await world.docker.run(floor)).trim()).toBe('true');
  });

  it('shows each agent its own secret and nobody else’s, read-only', async () => {
    for (const { service, Mounts } of (await unitsOf(world)).filter((unit) => unit.service !== 'setup')) {
      const secrets = Mounts.filter(({ Name = '' }) => Name.includes('_secret-')).map(({ Name, RW }) => [Name, RW]);
      expect(secrets, service).toEqual(service === 'chain' ? [] : [[`${world.project}_secret-${service}`, false]]);
    }
  });

  it('keeps the powers over the chain from everybody', async () => {
    const script = `const r = await fetch('http://chain:8545', { method: 'POST', headers: { 'content-type': 'application/json' },
      body: JSON.stringify(['anvil_setBalance', 'evm_increaseTime', 'hardhat_setCode', 'debug_traceTransaction', 'eth_chainId']
        .map((method, id) => ({ jsonrpc: '2.0', id, method, params: [] }))) });
      console.log(JSON.stringify((await r.json()).sort((a, b) => a.id - b.id).map((a) => a.error?.code ?? a.result)));`;
    const { Id } = await unitOf(world, agent);
    const said = await world.docker.run(['exec', Id, NODE, '--input-type=module', '-e', script]);
    expect(JSON.parse(said)).toEqual([-32601, -32601, -32601, -32601, '0x7a69']);
  });

  it.each([
    ['agent', agent],
    ['agent', 'steward'],
    ['hub', 'hub'],
    ['local', 'chain'],
    ['local', 'objects'],
  ])(
    'image %s brings the health check that %s passes, and that a container without a service does not',
    async (target, service) => {
      const image = `karmakadabra/${target}:${world.tag}`;
      const format = ['--format', '{{json .Config.Healthcheck.Test}}'];
      const [, ...check]: string[] = JSON.parse(await world.docker.run(['image', 'inspect', ...format, image]));
      const unit = await unitOf(world, service);
      expect(unit.Config.Healthcheck?.Test).toEqual(['CMD', ...check]);
      await world.docker.run(['exec', unit.Id, ...check]);
      const [program = '', ...args] = check;
      const alone = ['run', '--rm', '--network', 'none', '--entrypoint', program, image, ...args];
      await expect(world.docker.run(alone)).rejects.toMatchObject({ code: 'containers/docker-failed' });
    },
  );
}
