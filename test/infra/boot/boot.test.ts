import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { HUB, namesOf, PACK } from '../../../lib/fleet/fleet-names.ts';
import { MEMORY_LIMIT_MIB } from '../../../lib/fleet/memory-needs.ts';
import { callAws, readParameter, writeParameter } from './aws-call.ts';
import { withImages } from './build-images.ts';
import { eventually, mustWith } from './command.ts';
import { type FleetSecrets, makeSecrets } from './fleet-secrets.ts';
import type { Machine } from './machine.ts';
import { missingForBoot } from './missing.ts';
import { CLOUD } from './network.ts';
import { seedAws } from './seed-aws.ts';
import { HOSTS, startWorld, type World } from './world.ts';

const missing = missingForBoot();
const [FIRST, SECOND] = ['kk-coordinator', 'kk-juanjumagalp'] as const;
const AGENTS = [FIRST, SECOND];
// Packages are installed and images built on the way: slow where other tests run at the same time.
const LONG_MS = 1_500_000;
vi.setConfig({ testTimeout: 2 * LONG_MS, hookTimeout: 2 * LONG_MS });

const inspected = z
  .array(
    z.looseObject({
      Id: z.string(),
      Config: z.looseObject({ Image: z.string(), User: z.string(), Env: z.array(z.string()) }),
      State: z.looseObject({ Pid: z.number(), Health: z.looseObject({ Status: z.string() }) }),
      HostConfig: z.looseObject({
        ReadonlyRootfs: z.boolean(),
        CapDrop: z.array(z.string()),
        SecurityOpt: z.array(z.string()),
        PidsLimit: z.number(),
        Memory: z.number(),
        LogConfig: z.looseObject({ Type: z.string(), Config: z.record(z.string(), z.string()) }),
      }),
    }),
  )
  .length(1)
  .transform(([one]) => one as NonNullable<typeof one>);
const results = z.looseObject({ v1: z.looseObject({ errors: z.array(z.string()), datasource: z.string() }) });

describe.skipIf(missing !== '')(
  `machines booted from a bare Debian root${missing === '' ? '' : ` (skipped: ${missing} not found)`}`,
  () => {
    let world: World;
    let hub: Machine;
    let pack: Machine;
    let secrets: FleetSecrets;
    const names = () => namesOf(world.config);
    const container = async (machine: Machine, unit: string) =>
      inspected.parse(JSON.parse(await machine.run('docker', 'inspect', unit)));
    const healthy = (machine: Machine, unit: string) =>
      eventually(`${unit} is healthy`, LONG_MS, async () => {
        const found = await container(machine, unit);
        return found.State.Health.Status === 'healthy' ? found : undefined;
      });
    /** Runs Python in the network of a unit's container, which has no program of its own but Node. */
    const insideOf = async (unit: string, script: string) => {
      const { State } = await container(pack, unit);
      return await pack.run('nsenter', '--net', '--target', String(State.Pid), 'python3', '-c', script);
    };

    beforeAll(async () => {
      world = await withImages(startWorld);
      secrets = await makeSecrets(AGENTS);
      await seedAws(world.aws, world.config, AGENTS, secrets.byUnit);
      // At the same time, as Terraform starts them: the agents' machine has no way out until the hub is one.
      const booting = [world.boot(PACK), world.boot(HUB)] as const;
      // When one fails, the other is still to be waited for: what it holds can't be taken away under it.
      await Promise.allSettled(booting);
      [pack, hub] = await Promise.all(booting);
    });
    afterAll(async () => {
      await world?.stop();
    });

    it('take the user data as EC2 hands it to cloud-init, and finish it without an error', async () => {
      for (const machine of [hub, pack]) {
        await eventually(`${machine.name} finishes`, LONG_MS, async () => {
          const said = await machine.run('sh', '-c', 'cloud-init status || true');
          return /running|not run/.test(said) ? undefined : said;
        });
        const { v1 } = results.parse(JSON.parse(await machine.run('cat', '/run/cloud-init/result.json')));
        expect(v1).toMatchObject({ datasource: 'DataSourceEc2', errors: [] });
        expect(await machine.run('systemctl', 'list-units', '--failed', '--plain', '--no-legend')).toBe('');
      }
      expect(await hub.run('findmnt', '--noheadings', '--output', 'FSTYPE', '/srv/hub')).toMatch(/^ext4/);
    });

    it('run the hub, which says by itself who it is', async () => {
      const { Config } = await healthy(hub, HUB);
      expect(Config.Image).toBe(imageOf('hub'));
      expect(await readParameter(world.aws, names().hubCaParameter)).toMatch(/^-----BEGIN CERTIFICATE-----/);
    });

    it('beat: the agents’ notes land in the vault of the hub', async () => {
      for (const agent of AGENTS) {
        const { Config } = await healthy(pack, agent);
        expect(Config.Image).toBe(imageOf('agent'));
        const note = await eventually(`${agent} writes its state`, LONG_MS, () =>
          vaultNote(`agents/${agent}/state.md`),
        );
        expect(note).toContain(imageOf('agent'));
      }
    });

    it('hold containers short: read-only, without rights, with bounds, logging to where they can be read', async () => {
      const { Config, HostConfig } = await container(pack, FIRST);
      expect(Config.User).toBe('10001:10001');
      expect(HostConfig).toMatchObject({
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        PidsLimit: 256,
        Memory: MEMORY_LIMIT_MIB.agent.buyer * 2 ** 20,
        LogConfig: { Type: 'awslogs', Config: { mode: 'non-blocking', 'max-buffer-size': '1m' } },
      });
      expect(await logOf(FIRST)).toContain(`${FIRST} beats`);
    });

    it('close the metadata, the host and each other to containers, and the firewall is up before they are', async () => {
      const reach = (url: string) =>
        `import urllib.request as r\ntry:\n r.urlopen(r.Request("${url}", method="PUT"), timeout=5); print("open")\nexcept r.HTTPError as e:\n print("answered", e.code)\nexcept Exception as e:\n print("closed")`;
      const metadata = 'http://169.254.169.254/latest/api/token';
      expect(await pack.run('python3', '-c', reach(metadata))).toBe('open\n');
      expect(await insideOf(FIRST, reach(metadata))).toBe('closed\n');
      // A listener of the host's, on all its addresses.
      await pack.run('systemd-run', '--unit=listener', 'python3', '-m', 'http.server', '7777');
      const host = `http://${HOSTS[PACK].address}:7777/`;
      await eventually('the listener answers', 60_000, async () =>
        (await pack.run('python3', '-c', reach(host))) === 'answered 501\n' ? true : undefined,
      );
      expect(await insideOf(FIRST, reach(host))).toBe('closed\n');
      expect(await insideOf(FIRST, reach('http://172.17.0.1:7777/'))).toBe('closed\n');
      const other = await container(pack, SECOND);
      await pack.run(
        'systemd-run',
        '--unit=neighbour',
        'nsenter',
        '--net',
        '--target',
        String(other.State.Pid),
        'python3',
        '-m',
        'http.server',
        '7778',
      );
      const address = (
        await pack.run('docker', 'inspect', '--format', '{{.NetworkSettings.IPAddress}}', SECOND)
      ).trim();
      await eventually('the neighbour answers itself', 60_000, async () =>
        (await insideOf(SECOND, reach(`http://${address}:7778/`))) === 'answered 501\n' ? true : undefined,
      );
      expect(await insideOf(FIRST, reach(`http://${address}:7778/`))).toBe('closed\n');
    });

    it('give a container the credentials of its own role and of no other, and never the host’s', async () => {
      const ask = (whose: string, token: string) =>
        `import urllib.request as r\ntry:\n print(r.urlopen(r.Request("http://169.254.170.2/units/${whose}", headers={"Authorization": "${token}"}), timeout=40).read().decode())\nexcept r.HTTPError as e:\n print(e.code)`;
      const credentials = z.looseObject({ AccessKeyId: z.string(), RoleArn: z.string() });
      const keys: string[] = [];
      for (const agent of AGENTS) {
        const token = (await pack.run('cat', `/run/kk/${agent}/token`)).trim();
        const other = AGENTS.find((one) => one !== agent) ?? '';
        expect(await insideOf(agent, ask(other, token))).toBe('403\n');
        const { AccessKeyId, RoleArn } = credentials.parse(JSON.parse(await insideOf(agent, ask(agent, token))));
        expect(RoleArn).toBe(names().arn.role(names().unitRolePath, names().unitRole(agent)));
        keys.push(AccessKeyId);
      }
      const hosts: readonly string[] = Object.values(HOSTS).map(({ accessKeyId }) => accessKeyId);
      const readers = world
        .seen()
        .filter(({ target }) => target === 'secretsmanager.GetSecretValue')
        .map(({ accessKeyId }) => accessKeyId);
      expect(readers).toEqual(expect.arrayContaining(keys));
      expect(readers.filter((key) => hosts.includes(key))).toEqual([]);
    });

    it('send everything of the agents out through the hub, which tells nobody of another way', async () => {
      const from = new Set(world.seen().map((one) => one.from));
      expect(from).toContain(HOSTS[HUB].address);
      expect(from).not.toContain(HOSTS[PACK].address);
      expect(await pack.run('ip', 'route', 'get', CLOUD.world)).toContain(`via ${HOSTS[HUB].address}`);
    });

    it('keep what runs when asked for an image that is not pinned, and say so', async () => {
      const before = await container(pack, SECOND);
      const parameter = `${names().imagesPath(PACK)}/${SECOND}`;
      const [repository = ''] = imageOf('agent').split('@');
      await writeParameter(world.aws, parameter, `${repository}:latest`);
      const said = await pack.run('sh', '-c', `kk-units do sync ${SECOND} 2>&1 || true`);
      expect(said).toContain(`${SECOND} is left as it is: image '${repository}:latest' is not one of ${repository}`);
      await writeParameter(world.aws, parameter, imageOf('agent'));
      await pack.run('kk-units', 'do', 'sync', SECOND);
      expect((await container(pack, SECOND)).Id).toBe(before.Id);
    });

    it('keep time, rotate logs, install security updates, and let nobody in by SSH', async () => {
      expect(await pack.run('chronyd', '-p')).toContain('server 169.254.169.123');
      expect(await pack.run('systemd-analyze', 'cat-config', 'systemd/journald.conf')).toContain('SystemMaxUse=100M');
      expect(await pack.run('sh', '-c', 'logrotate --debug /etc/logrotate.d/kk 2>&1')).not.toMatch(/error/i);
      expect(await pack.run('apt-config', 'dump')).toContain('APT::Periodic::Unattended-Upgrade "1";');
      const upgrade = await pack.run('sh', '-c', 'unattended-upgrade --dry-run --verbose 2>&1');
      expect(upgrade).toContain('origin=Debian,codename=bookworm-security,label=Debian-Security');
      const enabled = await pack.run('systemctl', 'is-enabled', 'apt-daily-upgrade.timer', 'kk-sync.timer', 'docker');
      expect(enabled.trim().split('\n')).toEqual(['enabled', 'enabled', 'enabled']);
      expect(await pack.run('sh', '-c', 'ss --listening --tcp --numeric --no-header "sport = 22"')).toBe('');
    });

    it('show no secret: not in user data, arguments, environments, containers’ settings, logs, nor the vault', async () => {
      const everything = [
        ...(await Promise.all(
          [hub, pack].map((machine) =>
            machine.run(
              'sh',
              '-c',
              'cat /var/lib/cloud/instance/user-data.txt; cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ; journalctl --no-pager; cat /etc/kk/*.json /etc/kk/units/*',
            ),
          ),
        )),
        ...(await Promise.all(AGENTS.map((agent) => pack.run('docker', 'inspect', agent)))),
        ...(await Promise.all([HUB, ...AGENTS].map(logOf))),
        await mustWith(
          { env: anyOwner },
          'git',
          `--git-dir=${hub.path('/srv/hub/vault.git')}`,
          'log',
          '--patch',
          'main',
        ),
      ].join('\n');
      expect(everything).toContain(FIRST);
      for (const secret of secrets.planted) expect(everything.includes(secret)).toBe(false);
    });

    it('start a container again that died, and it beats on', async () => {
      const before = await container(pack, FIRST);
      await pack.run('kill', '-9', String(before.State.Pid));
      const after = await eventually(`${FIRST} is back`, LONG_MS, async () => {
        const found = await container(pack, FIRST);
        return found.Id !== before.Id && found.State.Health.Status === 'healthy' ? found : undefined;
      });
      expect(after.Config.Image).toBe(before.Config.Image);
    });

    function imageOf(what: 'agent' | 'hub'): string {
      const { images } = world.config;
      if (images === 'pending') throw new Error('the images are pending');
      return images[what];
    }

    // Files of the machine belong to users of its own.
    const anyOwner = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' };
    function vaultNote(path: string): Promise<string> {
      const repository = `--git-dir=${hub.path('/srv/hub/vault.git')}`;
      return mustWith({ env: anyOwner }, 'git', repository, 'show', `main:${path}`);
    }

    async function logOf(unit: string): Promise<string> {
      const events = await callAws(world.aws, 'logs', 'Logs_20140328.FilterLogEvents', {
        logGroupName: names().logGroup(unit),
      });
      const lines = z.looseObject({ events: z.array(z.looseObject({ message: z.string() })) }).parse(events);
      return lines.events.map(({ message }) => message).join('\n');
    }
  },
);
