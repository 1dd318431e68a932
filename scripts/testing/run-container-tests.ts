import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { formatError } from '../../lib/core/errors.ts';
import { closeProject } from './containers/close-project.ts';
import { findCompose } from './containers/compose-project.ts';
import { type Engine, openEngine } from './containers/engine.ts';
import { TEST_TAG } from './containers/offline-images.ts';
import { prepareImages } from './containers/prepare-images.ts';
import { openSmallDisk, type SmallDisk } from './containers/small-disk.ts';
import { closingLines, outcomeOf, readResults } from './vitest-report.ts';

// `npm run test:containers`: builds the images and runs the swarm of docker/compose.yaml in a Docker engine, of its own
// where none runs. The last line counts; what is skipped is named. Everything that it started is ended, also at Ctrl-C.
const log = (line: string): void => void process.stdout.write(`${line}\n`);
const folder = await mkdtemp(join(tmpdir(), 'kk-test-containers-'));
const project = `kk-test-${process.pid}`;
let child: ChildProcess | undefined;
let isStopped = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    isStopped = true;
    if (child?.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
  });
}
process.exitCode = await main();

async function main(): Promise<number> {
  let engine: Engine | undefined;
  let disk: SmallDisk | undefined;
  let world: Readonly<Record<string, unknown>> | undefined;
  try {
    const compose = await findCompose();
    if (compose === undefined) log('neither docker compose nor docker-compose 1.29 is installed');
    else {
      // Before the engine, which sees the mounts of the moment when it starts.
      disk = await openSmallDisk(folder);
      engine = await openEngine(log);
      const images = engine === undefined || isStopped ? undefined : await prepareImages(engine, log);
      if (engine !== undefined && images !== undefined) {
        world = {
          tag: TEST_TAG,
          host: engine.docker.environment.DOCKER_HOST,
          project,
          compose,
          folder,
          smallDisk: disk?.folder,
        };
      }
    }
    if (isStopped) return 1;
    return await runTests(world, engine);
  } catch (error) {
    log(formatError(error));
    log('0 passed, 1 failed, 0 skipped');
    return 1;
  } finally {
    if (engine !== undefined && world !== undefined) await closeProject(engine.docker, project, log);
    await engine?.stop();
    await disk?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs the tests beside the engine's own network; without a world they are all skipped, by name. */
async function runTests(world: unknown, engine: Engine | undefined): Promise<number> {
  const file = join(folder, 'report.json');
  const reporters = ['--reporter=verbose', '--reporter=json', `--outputFile.json=${file}`];
  const vitest = ['npx', 'vitest', 'run', '--project', 'containers', ...reporters, ...process.argv.slice(2)];
  const [program = '', ...args] =
    engine?.pid === undefined ? vitest : ['nsenter', `--net=/proc/${engine.pid}/ns/net`, ...vitest];
  const environment = world === undefined ? {} : { KK_CONTAINERS: JSON.stringify(world) };
  // A group of its own, to be ended as one: vitest's workers outlive vitest.
  child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...environment },
  });
  const [code] = z.tuple([z.number().nullable(), z.string().nullable()]).parse(await once(child, 'exit'));
  const outcome = outcomeOf(await readResults(file), code);
  const skipped =
    world === undefined
      ? ['everything that needs a Docker engine, docker-compose and (where no registry answers) debootstrap']
      : outcome.skipped;
  for (const line of closingLines({ ...outcome, skipped })) log(line);
  return outcome.failed.length === 0 ? 0 : 1;
}
