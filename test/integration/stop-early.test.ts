import { existsSync, readdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PATIENCE_MS } from '../support/patience.ts';
import { eventually, makeSwarmBox, type SwarmBox } from '../support/swarm.ts';

/** What the vault is called while it is cloned. */
const DRAFT = /^\.?vault\.(?!git)/;

let box: SwarmBox;

beforeAll(async () => {
  box = await makeSwarmBox();
});

afterAll(async () => {
  await box?.cleanUp();
});

describe('a person who stops the swarm while it starts', () => {
  it.each(['opening the chat logs', 'starting the chain'])(
    'ends with exit code 0, says so, and leaves no folder and no process: %s',
    async (step) => {
      const swarm = box.up('--json');
      await eventually(step, PATIENCE_MS, async () => (swarm.stderr().includes(`· ${step}`) ? true : undefined));
      swarm.signalGroup('SIGINT');
      const ended = await swarm.ended;
      expect(ended.stderr).toMatch(/^stopping \(Ctrl-C again ends at once\)$/m);
      expect(ended.stderr).toMatch(/^Stopped before the agents were started$/m);
      expect(ended.stderr).not.toMatch(/[^\n\P{Cc}]/u);
      expect(ended.exitCode).toBe(0);
      await box.allGone(PATIENCE_MS);
      expect(await readdir(box.root)).not.toContain('state');
    },
  );
});

describe('a Ctrl-C that ends git, too, while the vault is made', () => {
  it('is no error of the vault', async () => {
    const swarm = box.up('--json');
    // The clone takes some 50 ms: too short for a look now and then.
    while (!swarm.isOver() && !existsSync(`${box.root}/state/vault`)) {
      if (existsSync(`${box.root}/state`) && readdirSync(`${box.root}/state`).some((name) => DRAFT.test(name))) break;
      await delay(3);
    }
    swarm.signalGroup('SIGINT');
    const ended = await swarm.ended;
    expect(ended.stderr).toMatch(/^Stopped before the agents were started$/m);
    expect(ended.stderr).not.toContain('vault/');
    expect(ended.exitCode).toBe(0);
    await box.allGone(PATIENCE_MS);
    expect(await readdir(box.root)).not.toContain('state');
  });
});

describe('two starts of one new swarm at once', () => {
  it('leave one that runs: the other says that it does, and touches nothing', async () => {
    const starts = [box.up('--json'), box.up('--json')];
    const loser = await Promise.race(starts.map(({ ended }) => ended));
    expect(loser.stderr).toContain('vault/in-use');
    expect(await readdir(`${box.root}/state`)).toContain('state.json');
    await eventually('the chain', PATIENCE_MS, async () =>
      starts.some(({ stderr }) => stderr().includes('· starting the chain')) ? true : undefined,
    );
    for (const start of starts) start.signalGroup('SIGINT');
    expect((await Promise.all(starts.map(({ ended }) => ended))).map(({ exitCode }) => exitCode).sort()).toEqual([
      0, 1,
    ]);
    await box.allGone(PATIENCE_MS);
    expect(await readdir(box.root)).not.toContain('state');
  });
});
