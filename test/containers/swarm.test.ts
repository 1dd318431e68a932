import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hex } from 'viem';
import { beforeAll, describe, expect, it } from 'vitest';
import { agentStateKind } from '../../lib/core/agent-state.ts';
import { CHANNEL } from '../../lib/core/channel.ts';
import { connectChannel } from '../../lib/irc/connection.ts';
import { readRepository } from '../../lib/vault/read-repository.ts';
import { auditVault, commitAuthors, landedWrites } from '../support/vault-audit.ts';
import { auditSwarmChain, discrepancies, premature, repeated } from './audit.ts';
import { bringUp } from './bring-up.ts';
import { containmentLaws } from './containment-laws.ts';
import { fillDisk } from './full-disk.ts';
import { formatUse, memoryOf } from './memory.ts';
import { objectKeys } from './objects.ts';
import { openTrades, partiesOf } from './open-trades.ts';
import { count, placesOf } from './places.ts';
import { healthy, isWriter, ops } from './running.ts';
import { needlesOf, writeNeedles } from './secrets.ts';
import { chooseSome } from './seeded.ts';
import { type SeenProcesses, watchProcesses } from './seen-processes.ts';
import { acknowledgedBy } from './spools.ts';
import { portOf, unitOf, unitsOf, unwell } from './units.ts';
import { askForAccess, checkObjects, cloneVault, type PersonAccess, type VaultCopy } from './vault-copy.ts';
import { containerWorld, eventually, tell } from './world.ts';

const world = containerWorld();
/** Upper bounds for a machine with ten times the work that it can do: nothing is judged by them. */
const [UP_MS, CHAIN_MS, HEAL_MS] = [1_200_000, 1_500_000, 900_000];
/** A presigned URL that still works, of Signature Version 4. */
const PRESIGNED = 'X-Amz-Signature=[0-9a-f]{64}';
/** The agent whose disk is filled: one that trades and that nobody else depends on. */
const SMALL = 'kk-0xyuls';

const AT_ONCE = 6;

/** One swarm, disturbed while it trades: each test finds it as the one before left it. */
describe.skipIf(!world.isThere)('the swarm in containers', () => {
  let access: PersonAccess;
  let vault: VaultCopy;
  let processes: Promise<SeenProcesses>;
  /** Trades that were open, and writes that were safe, when containers were killed. */
  let open: readonly Hex[] = [];
  let known: ReadonlyMap<Hex, unknown> = new Map();
  const acknowledged = new Set<string>();

  beforeAll(async () => {
    const { compose, units } = await bringUp(world, SMALL, UP_MS);
    processes = watchProcesses(units);
    access = await askForAccess(world, compose);
    vault = await cloneVault(world, access);
  }, 2 * UP_MS);

  it('has 24 agents, the hub, the steward, the chain and the object store healthy', async () => {
    const units = await unitsOf(world);
    const agents = units.filter(({ service }) => service.startsWith('kk-'));
    expect(agents).toHaveLength(24);
    expect(units.map(({ service }) => service)).toEqual(expect.arrayContaining(['hub', 'steward', 'chain', 'objects']));
    expect(unwell(units)).toBeUndefined();
  });

  containmentLaws(world, SMALL);

  it('starts each of five killed containers again, the two sides of an open trade among them', async () => {
    const found = await eventually(
      'a trade is open',
      CHAIN_MS,
      async () => openTrades(await auditSwarmChain(world))[0],
    );
    const writers = (await unitsOf(world)).filter(isWriter);
    const agents = writers.filter(({ service }) => service.startsWith('kk-'));
    const parties = await partiesOf(world, found, agents);
    expect(parties).toHaveLength(2);
    const others = chooseSome(
      writers.filter((unit) => !parties.includes(unit)),
      3,
    );
    const killed = [...parties, ...others.chosen];
    tell(`seed ${others.seed} (KK_SEED): killing ${killed.map(({ service }) => service).join(', ')}`);
    const chain = await auditSwarmChain(world);
    [known, open] = [chain.trades, openTrades(chain).map(({ id }) => id)];
    // From within: the engine then starts them again as after any crash, which it doesn't when it is told to kill.
    for (const { State } of killed) process.kill(State.Pid, 'SIGKILL');
    for (const { service } of killed) {
      const { landed, waiting } = await acknowledgedBy(world, service);
      for (const id of [...landed, ...waiting]) acknowledged.add(id);
    }
    expect(acknowledged.size).toBeGreaterThan(parties.length);
    await eventually('all five have started again', HEAL_MS, async () => {
      const now = new Map((await unitsOf(world)).map((unit) => [unit.service, unit]));
      return killed.every((unit) => now.get(unit.service)?.State.StartedAt !== unit.State.StartedAt) || undefined;
    });
  });

  it.skipIf(world.smallDisk === undefined)(
    'says so when a disk is full, and goes on when there is room again',
    async () => {
      const before = await unitOf(world, SMALL);
      const giveBack = await fillDisk(world.smallDisk ?? '');
      await eventually('the agent says that its disk is full', HEAL_MS, async () => {
        const said = await world.docker.run(['logs', '--since', before.State.StartedAt, before.Id]);
        return /no space left|ENOSPC|disk is full/i.test(said) || undefined;
      });
      const others = (await unitsOf(world)).filter(({ service }) => service !== SMALL && service !== 'setup');
      expect(others.filter(({ State }) => State.Status !== 'running')).toEqual([]);
      await giveBack();
      await healthy(world, HEAL_MS);
    },
  );

  it('ends the hub with code 0 at SIGTERM, starts an agent while it is away, and goes on when it is back', async () => {
    const [hub, agent] = [await unitOf(world, 'hub'), await unitOf(world, SMALL)];
    await world.docker.run(['stop', '--time', '10', hub.Id]);
    expect((await unitOf(world, 'hub')).State.ExitCode).toBe(0);
    process.kill(agent.State.Pid, 'SIGKILL');
    await eventually('the agent beats from what it knows', HEAL_MS, async () => {
      const { StartedAt } = (await unitOf(world, SMALL)).State;
      if (StartedAt === agent.State.StartedAt) return undefined;
      const said = await world.docker.run(['logs', '--since', StartedAt, agent.Id]);
      return said.includes(`${SMALL} beats, `) || undefined;
    });
    const before = await acknowledgedBy(world, SMALL);
    await world.docker.run(['start', hub.Id]);
    await eventually('the agent’s writes land in the hub again', HEAL_MS, async () => {
      return (await acknowledgedBy(world, SMALL)).landed.length > before.landed.length || undefined;
    });
  });

  it('ends what was open at the kills, pays sellers, and opens new trades', async () => {
    const settled = await eventually('the trades that were open are over, and others came', CHAIN_MS, async () => {
      const now = await auditSwarmChain(world);
      const left = new Set(openTrades(now).map(({ id }) => id));
      const isOver = open.every((id) => !left.has(id)) && now.trades.size > known.size;
      return isOver ? [...now.trades.values()].filter(({ payouts }) => payouts > 0) : undefined;
    });
    expect(settled.length).toBeGreaterThan(0);
    tell(`${settled.length} trades are settled on chain`);
  });

  it('keeps within the memory that each may have', async () => {
    const units = (await unitsOf(world)).filter(({ State }) => State.Status === 'running');
    const uses = await Promise.all(units.map(memoryOf));
    for (const use of uses) tell(formatUse(use));
    const report = process.env.KK_MEMORY_REPORT;
    if (report !== undefined) await writeFile(report, `${JSON.stringify(uses, null, 2)}\n`);
    expect(units.filter(({ State }) => State.OOMKilled).map(({ service }) => service)).toEqual([]);
    expect(uses.filter(({ currentMib, limitMib }) => currentMib > limitMib)).toEqual([]);
  });

  it('is green in the steward’s status and health, and shows its trades and who is in the channel', async () => {
    const report = await eventually('swarm-ops health is green', HEAL_MS, () => ops(world, 'health', '--json'));
    expect(JSON.parse(report).items.map(({ status }: { status: string }) => status)).not.toContain('degraded');
    expect(JSON.parse(await ops(world, 'status', '--json')).items).toHaveLength(24);
    expect(JSON.parse(await ops(world, 'trades', '--json')).items.length).toBeGreaterThan(0);
    await eventually('everybody is in the channel', HEAL_MS, () => ops(world, 'irc-check'));
  });

  it('lets a person into the channel with the account that set-up made', async () => {
    const { ca, account, password } = access;
    const connection = connectChannel({
      host: 'localhost',
      port: portOf(await unitOf(world, 'hub'), 6697),
      tls: { ca },
      sasl: { account, password },
      nick: account,
      channel: CHANNEL,
    });
    try {
      await eventually('the person sees the agents', HEAL_MS, async () => {
        return connection.roster().includes('kk-karma-hello') || undefined;
      });
    } finally {
      await connection.close('bye');
    }
  });

  it('writes every object below the folder of its seller', async () => {
    const keys = await objectKeys(world);
    expect(keys.length).toBeGreaterThan(0);
    expect(keys.filter((key) => !/^agents\/([^/]+)\/deliveries\/\1\/[^/]+$/.test(key))).toEqual([]);
  });

  it('states what each agent runs, and commits as each of them and as the steward', async () => {
    const agents = (await unitsOf(world)).map(({ service }) => service).filter((service) => service.startsWith('kk-'));
    const index = await readRepository(await vault.refresh());
    const states = index.notes(agentStateKind).map(({ data }) => data);
    expect(states.map(({ id }) => id).sort()).toEqual(agents.sort());
    for (const { image, revision, protocol } of states) {
      expect({ image, protocol }).toEqual({ image: `karmakadabra/agent:${world.tag}`, protocol: 1 });
      expect(revision).toMatch(/^\d+\.\d+\.\d+/);
    }
    const authors = await commitAuthors(vault.folder);
    expect([...agents, 'kk-treasury', 'kk-ops'].filter((name) => !authors.has(name))).toEqual([]);
  });

  it('has lost nothing and done nothing twice, as chain, both sides’ notes and the vault’s objects say', async () => {
    const found = await eventually('the books agree', HEAL_MS, async () => {
      const notes = await auditVault(await vault.refresh());
      const chain = await auditSwarmChain(world);
      const problems = discrepancies(chain, notes);
      // A trade may be between two notes at this moment: what is lost stays lost.
      if (problems.length > 0) throw new Error(problems.slice(0, 5).join('; '));
      return { notes, chain };
    });
    await checkObjects(vault);
    expect(premature(found.chain, found.notes)).toEqual([]);
    expect(found.chain.trades.size).toBeGreaterThan(0);
    tell(`${found.chain.trades.size} trades on chain, each with both notes; none bought twice`);
  });

  it('ends each agent and the steward with code 0 within 10 s of SIGTERM, its beat finished or parked', async () => {
    const ids = (await unitsOf(world)).filter(isWriter).map(({ Id }) => Id);
    // Some at a time, so that two cores don't decide. Docker kills what hasn't ended by then, and the exit code says so.
    for (let from = 0; from < ids.length; from += AT_ONCE) {
      await world.docker.run(['stop', '--time', '10', ...ids.slice(from, from + AT_ONCE)]);
    }
    const ended = (await unitsOf(world)).filter(isWriter).map(({ service, State }) => [service, State.ExitCode]);
    expect(ended).toEqual(ended.map(([service]) => [service, 0]));
  });

  it('has landed all that a unit was told is safe, at the latest after its next start, and nothing twice', async () => {
    const units = (await unitsOf(world)).filter(isWriter);
    for (const { service, Id } of units) {
      const { landed, waiting } = await acknowledgedBy(world, service);
      for (const id of [...landed, ...waiting]) acknowledged.add(id);
      if (waiting.length > 0) await world.docker.run(['start', Id]);
    }
    await eventually('what was safe has landed', HEAL_MS, async () => {
      const landed = await landedWrites(await vault.refresh());
      const left = [...acknowledged].filter((id) => !landed.has(id));
      if (left.length > 0) throw new Error(left.slice(0, 5).join(', '));
      return true;
    });
    const chain = await auditSwarmChain(world);
    const notes = await auditVault(vault.folder);
    expect([...repeated(chain, notes), ...premature(chain, notes)]).toEqual([]);
    tell(`${acknowledged.size} writes were safe, and all have landed`);
  });

  it('lets no secret turn up in images, arguments, environments, logs or the vault', async () => {
    const units = (await unitsOf(world)).filter(({ service }) => service !== 'setup');
    const holders = units.map(({ service }) => service).filter((service) => service !== 'chain');
    const needles = await needlesOf(world, holders);
    expect(needles.length).toBeGreaterThan(4 * 24);
    const file = ['--fixed-strings', '--file', await writeNeedles(world, needles)];
    const places = await placesOf(world, units, await vault.refresh(), await processes);
    // The search finds a secret where one is.
    const planted = join(world.folder, 'planted.txt');
    await writeFile(planted, `x${needles.at(-1)}y`);
    expect(await count(world, { name: 'a planted one', show: ['cat', planted], canary: 'x' }, [file])).toEqual([1]);
    for (const place of places) {
      const canary = ['--fixed-strings', '--regexp', place.canary];
      const presigned = ['--extended-regexp', '--regexp', PRESIGNED];
      const [seen = 0, secrets, urls] = await count(world, place, [canary, file, presigned]);
      expect(seen, `canary in ${place.name}`).toBeGreaterThan(0);
      expect([secrets, urls], place.name).toEqual([0, 0]);
    }
    tell(`${needles.length} forms of secrets looked for in ${places.length} places`);
  });
});
