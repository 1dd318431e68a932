import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { connectChannel } from '../../lib/irc/connection.ts';
import type { Compose } from '../../scripts/containers/compose.ts';
import { CHANNEL } from '../../scripts/swarm/project.ts';
import { auditVault } from '../support/vault-audit.ts';
import { auditSwarmChain, discrepancies, premature } from './audit.ts';
import { memoryOf } from './memory.ts';
import { overrideFile } from './override.ts';
import { count, placesOf } from './places.ts';
import { needlesOf, writeNeedles } from './secrets.ts';
import { chooseSome } from './seeded.ts';
import { missingLinks } from './supply-chain.ts';
import { type Unit, unitOf, unitsOf, unwell } from './units.ts';
import { askForAccess, copyVault, type PersonAccess } from './vault-copy.ts';
import { spooled } from './volumes.ts';
import { containerWorld, eventually, projectOf, realLogs, tell } from './world.ts';

const world = containerWorld();
/** Upper bounds for a machine with ten times the work that it can do: nothing is judged by them. */
const [UP_MS, CHAIN_MS, HEAL_MS] = [1_200_000, 1_500_000, 900_000];
/** A presigned URL that still works, of Signature Version 4. */
const PRESIGNED = 'X-Amz-Signature=[0-9a-f]{64}';
/** The agent whose disk is filled: one that trades and that nobody else depends on. */
const SMALL = 'kk-0xyuls';

describe.skipIf(!world.isThere)('the swarm in containers', () => {
  let compose: Compose;
  let access: PersonAccess;

  const healthy = (withinMs: number): Promise<readonly Unit[]> =>
    eventually('all containers are healthy', withinMs, async () => {
      const units = await unitsOf(world);
      const why = unwell(units);
      if (why !== undefined) throw new Error(why);
      return units.length > 0 ? units : undefined;
    });
  const ops = (...args: readonly string[]): Promise<string> =>
    world.docker.run(['exec', `${stewardId}`, '/usr/bin/swarm-ops', ...args]);
  let stewardId = '';

  beforeAll(async () => {
    tell(realLogs() === undefined ? 'trading in the shipped sample' : 'trading in real logs');
    compose = projectOf(world, [await overrideFile(world, SMALL)]);
    await compose.run(['up', '--detach', '--no-build'], { timeoutMs: UP_MS });
    await healthy(UP_MS);
    stewardId = (await unitOf(world, 'steward')).Id;
    access = await askForAccess(world, compose);
  }, 2 * UP_MS);

  it('has 24 agents, the hub, the steward, the chain and the object store healthy', async () => {
    const units = await unitsOf(world);
    const agents = units.filter(({ service }) => service.startsWith('kk-'));
    expect(agents).toHaveLength(24);
    expect(units.map(({ service }) => service)).toEqual(expect.arrayContaining(['hub', 'steward', 'chain', 'objects']));
    expect(unwell(units)).toBeUndefined();
  });

  it('contains each: user 10001, read-only, without capabilities or new rights, bounded, no way out but the hub’s door', async () => {
    for (const { service, HostConfig, Config, NetworkSettings } of await unitsOf(world)) {
      expect(HostConfig, service).toMatchObject({
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        Privileged: false,
        Init: true,
      });
      expect(HostConfig.SecurityOpt, service).toEqual(['no-new-privileges:true']);
      expect(HostConfig.Memory, service).toBeGreaterThan(0);
      expect(HostConfig.PidsLimit, service).toBeGreaterThan(0);
      expect(Config.User, service).toBe('10001:10001');
      const networks = Object.keys(NetworkSettings.Networks).map((name) => name.split('_').at(-1));
      expect(networks.sort(), service).toEqual(service === 'hub' ? ['door', 'floor'] : ['floor']);
    }
    const isInternal = await world.docker.run([
      'network',
      'inspect',
      '--format',
      '{{.Internal}}',
      `${world.project}_floor`,
    ]);
    expect(isInternal.trim()).toBe('true');
  });

  it('shows each agent its own secret and nobody else’s, read-only', async () => {
    for (const { service, Mounts } of (await unitsOf(world)).filter((unit) => unit.service !== 'setup')) {
      const secrets = Mounts.filter(({ Name = '' }) => Name.includes('_secret-'));
      const expected = service === 'chain' ? [] : [[`${world.project}_secret-${service}`, false]];
      expect(
        secrets.map(({ Name, RW }) => [Name, RW]),
        service,
      ).toEqual(expected);
    }
  });

  it('keeps the powers over the chain from everybody', async () => {
    const script = `const r = await fetch('http://chain:8545', { method: 'POST', headers: { 'content-type': 'application/json' },
      body: JSON.stringify(['anvil_setBalance', 'evm_increaseTime', 'hardhat_setCode', 'debug_traceTransaction', 'eth_chainId']
        .map((method, id) => ({ jsonrpc: '2.0', id, method, params: [] }))) });
      console.log(JSON.stringify((await r.json()).sort((a, b) => a.id - b.id).map((a) => a.error?.code ?? a.result)));`;
    const { Id } = await unitOf(world, SMALL);
    const said = await world.docker.run(['exec', Id, '/usr/local/bin/node', '--input-type=module', '-e', script]);
    expect(JSON.parse(said)).toEqual([-32601, -32601, -32601, -32601, '0x7a69']);
  });

  it('is green in the steward’s status and health', async () => {
    const report = await eventually('swarm-ops health is green', HEAL_MS, async () => ops('health', '--json'));
    expect(JSON.parse(report).items.map(({ status }: { status: string }) => status)).not.toContain('degraded');
    expect(JSON.parse(await ops('status', '--json')).items).toHaveLength(24);
    tell((await ops('health')).trim());
  });

  it('carries the logs through skills, voices and souls to the community', async () => {
    await eventually('a whole supply chain', CHAIN_MS, async () => {
      const folder = await copyVault(world, access);
      const missing = missingLinks(await auditVault(folder));
      await rm(folder, { recursive: true, force: true });
      if (missing.length > 0) throw new Error(`not yet: ${missing.join(', ')}`);
      return true;
    });
    const chain = await auditSwarmChain(world);
    tell(`${[...chain.trades.values()].filter(({ payouts }) => payouts > 0).length} trades are settled on chain`);
  });

  it('keeps within the memory that each may have', async () => {
    const units = (await unitsOf(world)).filter(({ State }) => State.Status === 'running');
    const uses = await Promise.all(units.map(memoryOf));
    for (const { service, currentMib, peakMib, limitMib } of uses) {
      tell(
        `${service.padEnd(20)} ${String(currentMib).padStart(4)} MiB now, ${String(peakMib).padStart(4)} at most, of ${limitMib}`,
      );
    }
    if (process.env.KK_MEMORY_REPORT !== undefined)
      await writeFile(process.env.KK_MEMORY_REPORT, `${JSON.stringify(uses, null, 2)}\n`);
    expect(units.filter(({ State }) => State.OOMKilled).map(({ service }) => service)).toEqual([]);
    expect(uses.filter(({ currentMib, limitMib }) => currentMib > limitMib)).toEqual([]);
  });

  it(
    'loses nothing when five containers are killed',
    async () => {
      const units = (await unitsOf(world)).filter(({ service }) => service.startsWith('kk-') || service === 'steward');
      const { seed, chosen } = chooseSome(units, 5);
      tell(`seed ${seed} (KK_SEED): killing ${chosen.map(({ service }) => service).join(', ')}`);
      // From within: the engine then starts them again as after any crash, which it doesn't when it is told to kill.
      for (const { State } of chosen) process.kill(State.Pid, 'SIGKILL');
      await eventually('all five have started again', HEAL_MS, async () => {
        const now = new Map((await unitsOf(world)).map((unit) => [unit.service, unit]));
        return chosen.every((unit) => now.get(unit.service)?.State.StartedAt !== unit.State.StartedAt) || undefined;
      });
      await healthy(HEAL_MS);
      for (const { service } of chosen) tell(`${service}: killed, started again by the engine, healthy`);
      stewardId = (await unitOf(world, 'steward')).Id;
    },
    2 * HEAL_MS,
  );

  it(
    'goes on when the hub is restarted',
    async () => {
      await compose.run(['restart', 'hub']);
      access = await askForAccess(world, compose);
      await healthy(HEAL_MS);
      await eventually('health is green again', HEAL_MS, async () => ops('health', '--json'));
      tell('hub: restarted; every agent came back to it');
    },
    2 * HEAL_MS,
  );

  it.skipIf(world.smallDisk === undefined)(
    'says so when a disk is full, and goes on when there is room again',
    async () => {
      const ballast = join(world.smallDisk ?? '', 'ballast');
      const before = await unitOf(world, SMALL);
      await mkdir(ballast);
      await fill(join(ballast, 'bytes'));
      await eventually('the agent says that its disk is full', HEAL_MS, async () => {
        const said = await world.docker.run(['logs', '--since', before.State.StartedAt, before.Id]);
        return /no space left|ENOSPC|disk is full/i.test(said) || undefined;
      });
      tell(`${SMALL}: its disk is full, and it says so`);
      const others = (await unitsOf(world)).filter(({ service }) => service !== SMALL && service !== 'setup');
      expect(others.filter(({ State }) => State.Status !== 'running')).toEqual([]);
      await rm(ballast, { recursive: true });
      await healthy(HEAL_MS);
      tell(`${SMALL}: has room again and is healthy`);
    },
    2 * HEAL_MS,
  );

  it(
    'ends each agent within 10 s of SIGTERM, its beat finished or parked',
    async () => {
      const agents = (await unitsOf(world)).filter(({ service }) => service.startsWith('kk-'));
      // Docker kills what hasn't ended by then, and the exit code says so.
      for (const { Id } of agents) await world.docker.run(['stop', '--time', '10', Id]);
      const codes = (await unitsOf(world)).filter(({ service }) => service.startsWith('kk-'));
      expect(
        codes.filter(({ State }) => State.ExitCode !== 0).map(({ service, State }) => [service, State.ExitCode]),
      ).toEqual([]);
      await compose.run(['up', '--detach', '--no-build', '--no-recreate'], { timeoutMs: UP_MS });
      await healthy(UP_MS);
    },
    2 * UP_MS,
  );

  it('has lost nothing and done nothing twice, as chain, both sides’ notes and the vault’s objects say', async () => {
    const found = await eventually('the books agree', HEAL_MS, async () => {
      const vault = await auditVault(await copyVault(world, access));
      const chain = await auditSwarmChain(world);
      const problems = discrepancies(chain, vault);
      // A trade may be between two notes at this moment: what is lost stays lost.
      if (problems.length > 0) throw new Error(problems.slice(0, 5).join('; '));
      return { vault, chain };
    });
    expect(premature(found.chain, found.vault)).toEqual([]);
    expect(found.chain.trades.size).toBeGreaterThan(0);
    tell(
      `${found.chain.trades.size} trades on chain, each with both notes; none bought twice; the escrow holds what is open`,
    );
  });

  it('has landed all that waited to be pushed', async () => {
    const spools = async (): Promise<readonly string[]> => {
      const units = (await unitsOf(world)).filter(({ service }) => service.startsWith('kk-') || service === 'steward');
      return (await Promise.all(units.map(({ service }) => spooled(world, service)))).flat();
    };
    const before = new Set(await spools());
    await eventually('what was spooled has landed', HEAL_MS, async () => {
      const left = (await spools()).filter((name) => before.has(name));
      if (left.length > 0) throw new Error(left.slice(0, 5).join(', '));
      return true;
    });
  });

  it('lets a person into the channel with the account that set-up made', async () => {
    const { ca, account, password, ircPort } = access;
    const connection = connectChannel({
      host: 'localhost',
      port: ircPort,
      tls: { ca },
      sasl: { account, password },
      nick: account,
      channel: CHANNEL,
    });
    try {
      await eventually('the person sees the agents', HEAL_MS, async () => {
        const nicks = connection.roster();
        return nicks.includes('kk-karma-hello') || undefined;
      });
    } finally {
      await connection.close('bye');
    }
  });

  it(
    'lets no secret turn up in images, arguments, environments, logs or the vault',
    async () => {
      const units = (await unitsOf(world)).filter(({ service }) => service !== 'setup');
      const holders = units.map(({ service }) => service).filter((service) => service !== 'chain');
      const needles = await needlesOf(world, holders);
      expect(needles.length).toBeGreaterThan(4 * 24);
      const file = await writeNeedles(world, needles);
      const places = await placesOf(world, units, await copyVault(world, access));
      // The search finds a secret where one is.
      const planted = join(world.folder, 'planted.txt');
      await writeFile(planted, `x${needles.at(-1)}y`);
      const trap = { name: 'a planted one', show: ['cat', planted] as const, canary: 'x' };
      expect(await count(world, trap, ['--fixed-strings', '--file', file])).toBe(1);
      for (const place of places) {
        expect(
          await count(world, place, ['--fixed-strings', '--regexp', place.canary]),
          `canary in ${place.name}`,
        ).toBeGreaterThan(0);
        expect(await count(world, place, ['--fixed-strings', '--file', file]), place.name).toBe(0);
        expect(await count(world, place, ['--extended-regexp', '--regexp', PRESIGNED]), place.name).toBe(0);
      }
      tell(`${needles.length} forms of secrets looked for in ${places.length} places`);
    },
    2 * HEAL_MS,
  );
});

/** Writes until there is no room. */
async function fill(file: string): Promise<void> {
  const piece = Buffer.alloc(1 << 20);
  const handle = await open(file, 'w');
  try {
    for (;;) await handle.write(piece);
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOSPC') throw error;
  } finally {
    await handle.close();
  }
}
