import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { agentStateKind } from '../../lib/core/agent-state.ts';
import { readRepository } from '../../lib/vault/read-repository.ts';
import { auditChain, type ChainAudit } from '../support/chain-audit.ts';
import { type Ended, eventually, makeSwarmBox, PROJECT, type Started, type SwarmBox } from '../support/swarm.ts';
import { makeUnitWorld, type UnitWorld } from '../support/unit-world.ts';
import { auditVault, commitAuthors, landedWrites, type VaultAudit } from '../support/vault-audit.ts';

const AGENTS = [
  'kk-coordinator',
  'kk-karma-hello',
  'kk-skill-extractor',
  'kk-voice-extractor',
  'kk-soul-extractor',
  'kk-juanjumagalp',
  'kk-0xyuls',
];
/** One that sells and one that buys, killed in the middle of trades. */
const VICTIMS = ['kk-karma-hello', 'kk-skill-extractor'];
const UNITS = ['hub', 'steward', ...AGENTS];
const BEAT_SECONDS = 5;
const PATIENCE_MS = 400_000;
const receipt = z.object({ id: z.string() });

describe('agents as processes of their own, with a hub between them', () => {
  let box: SwarmBox;
  let world: UnitWorld;
  const running = new Map<string, Started>();
  const looks = new Map<string, Ended>();
  const ended = new Map<string, Ended>();
  let acknowledged: readonly string[] = [];
  let shown = '';
  let chain: ChainAudit;
  let vault: VaultAudit;

  const start = (unit: string): void => void running.set(unit, world.start(unit));
  const end = async (unit: string, signal: NodeJS.Signals): Promise<Ended> => {
    const unitRun = running.get(unit);
    if (unitRun === undefined) throw new Error(`${unit} was not started`);
    process.kill(unitRun.pid, signal);
    return unitRun.ended;
  };
  const look = async (command: string, unit: string): Promise<Ended> => {
    const args = [join(PROJECT, 'scripts/swarm-ops.js'), command, '--state', world.stateOf(unit)];
    return box.start(process.execPath, args).ended;
  };
  const audit = () => auditChain(world.chain.rpc, world.chain);

  beforeAll(async () => {
    box = await makeSwarmBox();
    world = await makeUnitWorld(box, AGENTS, BEAT_SECONDS);
    // The hub comes last: whatever is started first waits.
    for (const unit of [...AGENTS, 'steward', 'hub']) start(unit);

    const open = await eventually('trades are open', PATIENCE_MS, async () => {
      const { trades } = await audit();
      const ids = [...trades.values()].filter(({ endedAt }) => endedAt === undefined).map(({ id }) => id);
      return ids.length > 0 ? ids : undefined;
    });
    shown = (await Promise.all([...running.values()].map(({ pid }) => shownOf(pid)))).join('\n');
    await Promise.all(VICTIMS.map((unit) => end(unit, 'SIGKILL')));
    acknowledged = (
      await Promise.all(VICTIMS.map((unit) => acknowledgedWrites(join(world.stateOf(unit), 'spool'))))
    ).flat();
    for (const unit of VICTIMS) start(unit);
    await eventually('the trades that were open are over', PATIENCE_MS, async () => {
      const { trades } = await audit();
      return open.every((id) => trades.get(id)?.endedAt !== undefined) ? true : undefined;
    });
    await eventually('a soul is sold', PATIENCE_MS, async () => {
      const { bought } = await auditVault(world.repository);
      return bought.some(({ product, closed }) => product === 'soul' && closed?.state === 'settled') ? true : undefined;
    });

    for (const command of ['status', 'trades', 'irc-check', 'health', 'beat-check']) {
      looks.set(command, await look(command, 'steward'));
    }
    for (const agent of AGENTS) looks.set(agent, await look('beat-check', agent));
    for (const unit of [...AGENTS, 'steward', 'hub']) ended.set(unit, await end(unit, 'SIGTERM'));
    chain = await audit();
    vault = await auditVault(world.repository);
  });

  afterAll(async () => {
    await world?.close();
    await box?.cleanUp();
  });

  it('carries the logs through skills and voices to a soul that somebody bought', () => {
    const sales = vault.bought.filter(({ closed }) => closed?.state === 'settled').map(({ product }) => product);
    expect(new Set(sales)).toEqual(new Set([...sales, 'raw-logs', 'skill-profile', 'voice-profile', 'soul']));
  });

  it('loses no write that a killed agent was told is safe', async () => {
    const landed = await landedWrites(world.repository);
    expect(acknowledged.length).toBeGreaterThan(VICTIMS.length);
    expect(acknowledged.filter((id) => !landed.has(id))).toEqual([]);
  });

  it('opens no trade twice, ends none twice, and lets nobody pay twice for an offer', () => {
    const odd = [...chain.trades.values()].filter(
      ({ openings, payouts, refunds }) => openings !== 1 || payouts + refunds > 1,
    );
    expect(odd).toEqual([]);
    const paid = vault.bought.filter(({ id }) => (chain.trades.get(id)?.payouts ?? 0) > 0);
    const purchases = paid.map(({ owner, offer }) => `${owner} ${offer}`);
    expect(purchases).toHaveLength(new Set(purchases).size);
    expect(vault.unreadable).toEqual([]);
  });

  it('ends each unit with exit code 0 at SIGTERM', () => {
    expect(UNITS.map((unit) => [unit, ended.get(unit)?.exitCode])).toEqual(UNITS.map((unit) => [unit, 0]));
  });

  it('shows the swarm to whoever looks from the steward’s container', () => {
    for (const command of ['status', 'trades', 'irc-check', 'beat-check']) {
      expect(looks.get(command)?.exitCode, looks.get(command)?.stdout).toBe(0);
    }
    for (const agent of AGENTS) {
      expect(looks.get('status')?.stdout).toContain(agent);
      expect(looks.get(agent)?.exitCode, looks.get(agent)?.stdout).toBe(0);
    }
    // Some agent may just have met an error, but every part can be reached.
    expect(looks.get('health')?.stdout).not.toContain('unreachable');
  });

  it('writes every object below the folder of its seller', async () => {
    const { Contents = [] } = await world.store.client.send(new ListObjectsV2Command({ Bucket: world.store.bucket }));
    const strange = Contents.flatMap(({ Key = '' }) =>
      /^agents\/([^/]+)\/deliveries\/\1\/[^/]+$/.test(Key) ? [] : [Key],
    );
    expect(Contents.length).toBeGreaterThan(0);
    expect(strange).toEqual([]);
  });

  it('states what each agent runs, and commits as each of them and as the steward', async () => {
    const index = await readRepository(world.repository);
    const states = index.notes(agentStateKind).map(({ data }) => data);
    expect(states.map(({ id }) => id).sort()).toEqual([...AGENTS].sort());
    for (const { image, revision, protocol } of states) {
      expect({ image, protocol }).toEqual({ image: 'registry.example/karmakadabra/agent@sha256:0', protocol: 1 });
      expect(revision).toMatch(/^\d+\.\d+\.\d+/);
    }
    const authors = await commitAuthors(world.repository);
    expect([...AGENTS, 'kk-treasury', 'kk-ops'].filter((name) => !authors.has(name))).toEqual([]);
  });

  it('shows no secret in arguments, environments or logs', () => {
    const logs = [...ended.values(), ...looks.values()].map(({ stdout, stderr }) => stdout + stderr).join('\n');
    for (const secret of world.secrets) {
      expect(shown.includes(secret)).toBe(false);
      expect(logs.includes(secret)).toBe(false);
    }
    expect(shown).toContain('KK_VAULT_REMOTE');
  });
});

/** The arguments and the environment of a process as Linux shows them to others. */
async function shownOf(pid: number): Promise<string> {
  const parts = await Promise.all(
    ['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
  );
  return parts.join('\n');
}

/** The ids of the writes in a spool: those that landed and those that wait. */
async function acknowledgedWrites(spool: string): Promise<readonly string[]> {
  const landed = await readFile(join(spool, 'landed.jsonl'), 'utf8').catch(() => '');
  const receipts = landed.split('\n').flatMap((line) => {
    try {
      return [receipt.parse(JSON.parse(line)).id];
    } catch {
      // A kill may cut the last line off; that write still waits in a file of its own.
      return [];
    }
  });
  const waiting: string[] = [];
  for (const name of await readdir(spool)) {
    if (!name.endsWith('.json')) continue;
    const text = await readFile(join(spool, name), 'utf8');
    waiting.push(z.object({ write: receipt }).parse(JSON.parse(text)).write.id);
  }
  return [...receipts, ...waiting];
}
