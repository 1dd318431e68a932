import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** swarm-ops as the run has bundled it; absent where the sources are run. */
    readonly opsProgram?: string;
  }
}

/** What `node` is given to run swarm-ops. */
export const OPS_PROGRAM =
  inject('opsProgram') ?? fileURLToPath(new URL('../../scripts/swarm-ops.js', import.meta.url));

/** What a run of swarm-ops left behind. */
export interface OpsRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The arguments and the environment of the process as Linux shows them to others; empty elsewhere. */
  readonly shown: string;
}

/** How swarm-ops is run: `fd3` is what it reads from file descriptor 3. */
export interface OpsOptions {
  readonly fd3?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Runs swarm-ops to its end, without a terminal and without the AWS settings of this machine. */
export async function swarmOps(args: readonly string[], { fd3, env = {}, cwd }: OpsOptions = {}): Promise<OpsRun> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|KK_)/.test(name));
  const child = spawn(process.execPath, [OPS_PROGRAM, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: {
      ...Object.fromEntries(kept),
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      ...env,
    },
    ...(cwd === undefined ? {} : { cwd }),
  });
  const [, out, err, third] = child.stdio;
  const said = { stdout: '', stderr: '' };
  out?.on('data', (chunk: Buffer) => {
    said.stdout += chunk.toString('utf8');
  });
  err?.on('data', (chunk: Buffer) => {
    said.stderr += chunk.toString('utf8');
  });
  const shown = await Promise.all(
    ['cmdline', 'environ'].map((file) => readFile(`/proc/${child.pid}/${file}`, 'utf8').catch(() => '')),
  );
  // A program that doesn't read it closes the pipe: that is its good right.
  const pipe = third as Writable;
  pipe.on('error', () => undefined);
  pipe.end(fd3 ?? '');
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...said, shown: shown.join('\n') };
}
