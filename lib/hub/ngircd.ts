import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, constants, mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import getPort from 'get-port';
import { SwarmError } from '../core/errors.ts';
import { writeDurably } from '../files/durable.ts';
import { PRIVATE } from '../files/private-file.ts';

/** The IRC server behind the gate; it is restarted whenever it ends. */
export interface Ngircd {
  readonly port: number;
  /** The server's password, which the gate sends first (PASS), so that nobody else on the machine can connect. */
  readonly password: string;
  readonly isUp: () => Promise<boolean>;
  readonly stop: () => Promise<void>;
}

/** What {@link startNgircd} needs. Its configuration is written to `folder`. */
export interface NgircdOptions {
  readonly folder: string;
  readonly channel: string;
  readonly topic: string;
  readonly log: (line: string) => void;
}

const LOOPBACK = '127.0.0.1';
const READY_MS = 10_000;
const PROBE_EVERY_MS = 25;
const STOP_MS = 2000;
const [MIN_RESTART_MS, MAX_RESTART_MS] = [100, 5000];

/**
 * Starts ngircd on a free loopback port and restarts it whenever it ends.
 * @throws SwarmError `hub/no-ngircd` when it is not installed or doesn't listen in time.
 */
export async function startNgircd(options: NgircdOptions): Promise<Ngircd> {
  const { folder, log } = options;
  const program = await findProgram();
  const port = await getPort({ host: '127.0.0.1' });
  const password = randomBytes(16).toString('hex');
  const config = path.join(folder, 'ngircd.conf');
  await mkdir(folder, { recursive: true });
  await writeDurably(config, ngircdConfig(port, password, options), { mode: PRIVATE });
  let child: ChildProcess | undefined;
  let isStopping = false;
  let restartMs = MIN_RESTART_MS;
  let restart: NodeJS.Timeout | undefined;

  function start(): void {
    const startedMs = performance.now();
    const started = spawn(program, ['-n', '-f', config], { stdio: 'ignore', env: { PATH: process.env.PATH ?? '' } });
    child = started;
    let hasEnded = false;
    const ended = (why: string) => {
      if (hasEnded) return;
      hasEnded = true;
      child = undefined;
      if (isStopping) return;
      restartMs =
        performance.now() - startedMs > MAX_RESTART_MS ? MIN_RESTART_MS : Math.min(MAX_RESTART_MS, restartMs * 2);
      log(`ngircd ended (${why}) and is started again in ${restartMs} ms`);
      restart = setTimeout(start, restartMs);
    };
    started.once('error', (error) => ended(error.message));
    started.once('exit', (code, signal) => ended(String(signal ?? code)));
  }

  async function stop(): Promise<void> {
    isStopping = true;
    clearTimeout(restart);
    const running = child;
    if (running === undefined) return;
    const exited = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGTERM');
    const timer = setTimeout(() => running.kill('SIGKILL'), STOP_MS);
    await exited;
    clearTimeout(timer);
  }

  start();
  const deadline = performance.now() + READY_MS;
  while (!(await isListening(port))) {
    if (performance.now() > deadline) {
      await stop();
      throw noNgircd(`${program} does not listen on port ${port}`);
    }
    await delay(PROBE_EVERY_MS);
  }
  return { port, password, isUp: () => isListening(port), stop };
}

/**
 * No channel type is allowed, so that clients can't create channels. The server's own channel of messages is always there:
 * it is secret, and to be entered by invitation of a member only, of which it has none.
 */
function ngircdConfig(port: number, password: string, { channel, topic }: NgircdOptions): string {
  return `[Global]
Name = hub.karmakadabra.invalid
Info = Karmakadabra
Listen = ${LOOPBACK}
Ports = ${port}
Password = ${password}
MotdPhrase = The market floor of Karmakadabra
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 5
MaxNickLength = 32
MaxPenaltyTime = 0
PingTimeout = 120
PongTimeout = 30
[Options]
CloakHost = hub
DNS = no
Ident = no
PAM = no
MorePrivacy = yes
AllowedChannelTypes =
[Channel]
Name = ${channel}
Topic = ${topic}
Modes = nt
[Channel]
Name = &SERVER
Topic = Server messages
Modes = ist
`;
}

async function findProgram(): Promise<string> {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  for (const folder of folders) {
    if (folder === '') continue;
    const file = path.join(folder, 'ngircd');
    const isThere = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return file;
  }
  throw noNgircd('it is not installed');
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: LOOPBACK, port, timeout: 2000 });
    const end = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

function noNgircd(why: string): SwarmError {
  return new SwarmError({
    code: 'hub/no-ngircd',
    disposition: 'stop',
    message: `The IRC server ngircd can't be started: ${why}`,
    next: 'Install the package ngircd (apt-get install ngircd) and start the hub again.',
  });
}
