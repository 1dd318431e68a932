import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.ts';

/** A running moto: the AWS API on loopback. */
export interface MotoServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

const START_MS = 300_000;

/** Starts moto's server (`pip install moto[server]`) on a free port and waits until it answers. */
export async function startMotoServer(program = 'moto_server'): Promise<MotoServer> {
  const port = await freePort();
  const child = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const close = async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };
  const deadline = performance.now() + START_MS;
  while (!(await answers(port))) {
    if (performance.now() > deadline || child.exitCode !== null) {
      await close();
      throw new Error(`moto_server did not answer within ${START_MS / 1000} s`);
    }
    await delay(50);
  }
  return { port, close };
}

async function answers(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/moto-api/`, { signal: AbortSignal.timeout(10_000) })).ok;
  } catch {
    return false;
  }
}
