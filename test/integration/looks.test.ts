import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectPath } from '../../lib/files/project.ts';
import { type MadeState, makeState } from '../../scripts/bench/make-state.ts';

const TRADES = 40;

let folder = '';
let state = '';
let made: MadeState;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kk-looks-'));
  state = join(folder, 'state');
  made = await makeState(state, TRADES);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(...args: readonly string[]): Promise<string> {
  const { stdout } = await execa(process.execPath, [projectPath('scripts/swarm-ops.js'), ...args, '--state', state]);
  return stdout;
}

const looks = async () => ({
  status: await run('status'),
  statusJson: JSON.parse(await run('status', '--json')) as { readonly items: readonly Record<string, unknown>[] },
  trades: await run('trades'),
  tradesJson: JSON.parse(await run('trades', '--json')) as { readonly items: readonly Record<string, unknown>[] },
  open: await run('open', made.trade.slice(2, 12)),
});

describe('looks at a swarm that is stopped', () => {
  it('show what is in its vault, the same with its index, with a damaged one and without', async () => {
    const shown = await looks();
    expect(shown.statusJson.items).toHaveLength(24);
    expect(shown.statusJson.items[0]).toMatchObject({ status: 'stopped', beats: 17_280, balanceAtomic: '1000000' });
    expect(shown.tradesJson.items).toHaveLength(TRADES);
    expect(shown.tradesJson.items[7]).toMatchObject({
      state: 'settled',
      amountAtomic: '50007',
      txs: { opened: expect.stringMatching(/^0x/), revealed: expect.anything(), settled: expect.anything() },
    });
    expect(shown.open).toContain('Raw logs: A quiet channel');
    for (const name of await readdir(made.folder.index)) await appendFile(join(made.folder.index, name), 'rubbish\n');
    expect(await looks()).toEqual(shown);
    await rm(made.folder.index, { recursive: true });
    expect(await looks()).toEqual(shown);
    expect(await readdir(state)).not.toContain('index');
  });
});
