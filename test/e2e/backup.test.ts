import { cp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunFile } from '../../lib/host/run-file.ts';
import { auditChain, auditKeptChain, type ChainAudit, contentsBought } from '../support/chain-audit.ts';
import { type ChannelWitness, joinChannel } from '../support/channel-witness.ts';
import { type FinishedRun, finishRun } from '../support/finished-run.ts';
import { freePort } from '../support/free-port.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { killAll } from '../support/processes.ts';
import { eventually, makeSwarmBox, PROJECT, type Started, type SwarmBox } from '../support/swarm.ts';
import { auditVault, git, type VaultAudit } from '../support/vault-audit.ts';

/** A swarm that was backed up while it traded, went on, was lost, was restored and ran to its end. */
interface Story {
  readonly box: SwarmBox;
  /** What the backup holds of vault and chain, before the restored swarm was started. */
  readonly restored: { readonly vault: VaultAudit; readonly chain: ChainAudit };
  /** The trades that were paid for after the backup, and that it therefore knows nothing of. */
  readonly unknown: readonly Hex[];
  readonly run: FinishedRun;
  readonly contents: ReadonlyMap<Hex, Hex>;
}

const stories: SwarmBox[] = [];
/** Enough of them for a chain of work, few enough to trade on a busy machine. */
const AGENTS = [
  'kk-coordinator',
  'kk-karma-hello',
  'kk-skill-extractor',
  'kk-voice-extractor',
  'kk-soul-extractor',
  'kk-cyberpaisa',
  'kk-eljuyan',
];
const BUSY_MS = 4 * PATIENCE_MS;

afterAll(async () => {
  for (const box of stories) await box.cleanUp();
});

/** @param keepsChain whether the chain goes on, as one does that others run. */
async function lose(keepsChain: boolean): Promise<Story> {
  const box = await makeSwarmBox();
  stories.push(box);
  const file = join(box.root, 'swarm.kkb');
  const aside = join(box.root, 'chain');
  const agents = join(box.root, 'agents');
  for (const name of AGENTS) await cp(join(PROJECT, 'agents', name), join(agents, name), { recursive: true });
  const start = async (...args: readonly string[]): Promise<{ swarm: Started; witness: ChannelWitness }> => {
    const port = await freePort();
    const swarm = box.up('--agents', agents, '--beat-seconds', '2', '--json', '--irc-port', String(port), ...args);
    return { swarm, witness: await joinChannel(port, swarm) };
  };
  const openOn = ({ trades }: ChainAudit): readonly Hex[] =>
    [...trades.values()].filter(({ endedAt }) => endedAt === undefined).map(({ id }) => id);

  const { swarm } = await start();
  const where: RunFile = await box.running(swarm);
  await eventually('trades are open', BUSY_MS, async () =>
    openOn(await auditChain(where.rpc, where)).length >= 2 ? true : undefined,
  );
  const backup = await box.ops('backup', file, '--json');
  if (backup.exitCode !== 0) throw new Error(backup.stderr);
  // A note may be older than the opening of its trade.
  const { bought } = await auditVault(join(box.stateDir, 'vault.git'));
  const known = new Set([...(await auditChain(where.rpc, where)).trades.keys(), ...bought.map(({ id }) => id)]);
  await eventually('trades of later are paid for', BUSY_MS, async () => {
    const later = [...(await auditChain(where.rpc, where)).trades.values()].filter(({ id }) => !known.has(id));
    return later.filter(({ payouts }) => payouts > 0).length >= 3 ? true : undefined;
  });
  // What the chain keeps is a second old, or a few where the machine is busy.
  const { mtimeMs: seenMs } = await stat(join(box.stateDir, 'chain/state.json'));
  await eventually('the chain wrote its state twice more', PATIENCE_MS, async () => {
    const { mtimeMs } = await stat(join(box.stateDir, 'chain/state.json'));
    return mtimeMs > seenMs + 2_000 ? true : undefined;
  });
  swarm.signalGroup('SIGKILL');
  killAll(await box.processes());
  await swarm.ended;

  if (keepsChain) await cp(join(box.stateDir, 'chain'), aside, { recursive: true });
  await rm(box.stateDir, { recursive: true });
  const restored = await box.ops('restore', file, '--json');
  if (restored.exitCode !== 0) throw new Error(restored.stderr);
  if (keepsChain) {
    await rm(join(box.stateDir, 'chain'), { recursive: true });
    await cp(aside, join(box.stateDir, 'chain'), { recursive: true });
    await rm(join(box.stateDir, 'chain', 'state.json.pid'), { force: true });
  }
  const chain = await auditKeptChain(box.stateDir, where);
  const vault = await auditVault(join(box.stateDir, 'vault.git'));
  const noted = new Set(vault.bought.map(({ id }) => id));

  const last = await start('--rounds', '30');
  const run = await finishRun(box, last.swarm, last.witness);
  return {
    box,
    restored: { vault, chain },
    unknown: [...chain.trades.keys()].filter((id) => !noted.has(id)),
    run,
    contents: await contentsBought(box.stateDir, where.escrow),
  };
}

function itGoesOn(story: () => Story): void {
  it('ends every trade that was open in the backup', () => {
    const { restored, run } = story();
    const open = restored.vault.bought.filter(({ closed }) => closed === undefined).map(({ id }) => id);
    expect(open.length).toBeGreaterThan(0);
    const ends = run.vault.bought.filter(({ id }) => open.includes(id)).map(({ closed }) => closed?.state);
    expect(ends).toHaveLength(open.length);
    expect(ends.filter((state) => state === undefined)).toEqual([]);
  });

  it('opens each trade once and ends it once, and leaves no money in the escrow', () => {
    const { trades, escrowBalanceAtomic } = story().run.chain;
    const odd = [...trades.values()].filter(
      ({ openings, payouts, refunds }) => openings !== 1 || payouts + refunds !== 1,
    );
    expect(odd).toEqual([]);
    expect(escrowBalanceAtomic).toBe(0n);
  });

  it('never lets a buyer pay twice for the same content', () => {
    const { run, contents } = story();
    const paid = [...run.chain.trades.values()].filter(({ payouts }) => payouts > 0);
    const purchases = paid.map(({ id, buyer }) => `${buyer} ${contents.get(id)}`);
    expect(purchases.filter((one, i) => purchases.indexOf(one) !== i)).toEqual([]);
    expect(paid.filter(({ id }) => contents.get(id) === undefined)).toEqual([]);
  });

  it('goes on trading', () => {
    const { restored, run } = story();
    expect(run.chain.trades.size).toBeGreaterThan(restored.chain.trades.size);
  });

  it('ends without an error, and leaves a repository that git finds whole and notes that can be read', async () => {
    const { box, run } = story();
    expect(run.report.agents.filter(({ errors }) => errors > 0)).toEqual([]);
    expect(run.report.trades.open).toBe(0);
    expect(run.ended.exitCode).toBe(0);
    const remote = join(box.stateDir, 'vault.git');
    expect(await git(remote, 'fsck', '--full', '--strict', '--no-dangling')).not.toMatch(/error|missing|broken/);
    expect(run.vault.unreadable).toEqual([]);
  });
}

describe('a swarm that lost everything, restored from a backup of while it traded', () => {
  let story: Story;
  beforeAll(async () => {
    story = await lose(false);
  });
  itGoesOn(() => story);

  it('has the chain and the vault of one moment: nothing is paid for that the vault knows nothing of', () => {
    expect(story.unknown).toEqual([]);
    const { vault, chain } = story.restored;
    const settled = vault.bought.filter(({ closed }) => closed?.state === 'settled');
    expect(settled.filter(({ id }) => chain.trades.get(id)?.payouts !== 1)).toEqual([]);
  });

  it('leaves nothing of the restore beside its folder', async () => {
    expect((await readdir(story.box.root)).sort()).toEqual(['agents', 'state', 'swarm.kkb', 'tmp']);
  });
});

describe('a swarm that lost everything but its chain, which went on', () => {
  let story: Story;
  beforeAll(async () => {
    story = await lose(true);
  });
  itGoesOn(() => story);

  it('had paid for goods after the backup', () => {
    expect(story.unknown.length).toBeGreaterThanOrEqual(3);
  });
});
