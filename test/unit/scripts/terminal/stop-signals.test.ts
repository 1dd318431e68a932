import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';

/** A program that never ends after a stop was requested. */
const NEVER_ENDS = `
import { listenForStop } from './scripts/terminal/stop-signals.ts';
const signals = listenForStop((why) => process.stdout.write('ends: ' + why));
void signals.requested.then(() => process.stdout.write('stopping '));
setInterval(() => undefined, 1_000_000);
process.stdout.write('ready ');
`;

let child: ChildProcess | undefined;
afterEach(() => {
  child?.kill('SIGKILL');
});

async function start() {
  const started = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', NEVER_ENDS], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = started;
  let said = '';
  const says = async (word: string) => {
    while (!said.includes(word)) said += String((await once(started.stdout, 'data'))[0]);
  };
  await says('ready');
  return { says, kill: (signal: NodeJS.Signals) => started.kill(signal), ended: once(started, 'close') };
}

describe('a stop that does not end', () => {
  it('ends by itself within seconds of a first signal, and says so', async () => {
    const program = await start();
    const since = performance.now();
    program.kill('SIGTERM');
    await program.says('stopping');
    await program.says('ends: timeout');
    expect(await program.ended).toEqual([130, null]);
    expect(performance.now() - since).toBeLessThan(10_000);
  });
});
