import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { TestProject } from 'vitest/node';
import { projectPath } from '../../scripts/swarm/project.ts';
import { findProgram } from './find-program.ts';
import { startMotoServer } from './moto-server.ts';

/**
 * Makes once what all files of a run of the fleet's tests share: the AWS API on loopback, and swarm-ops bundled as an
 * image holds it, which starts in a third of the time.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'kk-program-'));
  const server = findProgram('moto_server');
  const bundle = ['--import', 'tsx', projectPath('scripts/bundle-program.ts'), folder];
  const [moto] = await Promise.all([
    server === undefined ? undefined : startMotoServer(server),
    execa(process.execPath, bundle, { cwd: projectPath('.') }),
  ]);
  if (moto !== undefined) project.provide('motoPort', moto.port);
  project.provide('opsProgram', join(folder, 'app/scripts/swarm-ops.js'));
  return async () => {
    await moto?.close();
    await rm(folder, { recursive: true, force: true });
  };
}
