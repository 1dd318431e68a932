import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PATIENCE_MS } from '../support/patience.ts';
import { eventually, makeSwarmBox, type SwarmBox } from '../support/swarm.ts';

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
