import { mkdir } from 'node:fs/promises';
import getPort from 'get-port';
import { CHANNEL } from '../../core/channel.ts';
import { projectPath } from '../../files/project.ts';
import type { Secrets } from '../../keys/development-secrets.ts';
import { type Anvil, startAnvil } from '../../local/evm.ts';
import { startIrcServer } from '../../local/irc-server/server.ts';
import { startS3Server } from '../../local/s3-server/server.ts';
import { createBareRemote } from '../../vault/bare-remote.ts';
import { readRunFile } from '../run-file.ts';
import type { StateFolder } from '../state-folder.ts';
import { FUNDED_ACCOUNTS } from './prepare-chain.ts';
import type { Progress } from './progress.ts';
import type { UpOptions } from './up-options.ts';

/** The embedded services of one machine, running. */
export interface Services {
  readonly remoteUrl: string;
  readonly irc: { readonly host: string; readonly port: number };
  /** The nicks of those who are connected to the IRC server. */
  readonly nicks: () => readonly string[];
  readonly s3: { readonly endpoint: string };
  readonly anvil: Anvil;
  /** Ends all of them; safe to repeat. */
  readonly close: () => Promise<void>;
}

const LOOPBACK = '127.0.0.1';
/** Room on the channel besides the agents: the listener of kk-ops, and people who read along. */
const OTHER_CLIENTS = 176;

/**
 * Starts git remote, IRC, S3 and EVM on loopback. A port that is not given is that of the last run if it is free, so that
 * URLs and clients keep working after a restart. If one fails, those already started are stopped.
 */
export async function startServices(
  folder: StateFolder,
  secrets: Secrets,
  options: Pick<UpOptions, 'ircPort' | 'rpcPort' | 's3Port'>,
  agentCount: number,
  progress: Progress,
  log: (line: string) => void,
): Promise<Services> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    const pending = closers.splice(0).map((end) => end());
    await Promise.allSettled(pending);
  };
  const before = (await readRunFile(folder))?.run;
  try {
    progress('starting the IRC server');
    const irc = await startIrcServer({
      host: LOOPBACK,
      port: options.ircPort ?? (await freePort(before?.irc.port)),
      channel: CHANNEL,
      maxClients: agentCount + OTHER_CLIENTS,
      channelTopic: 'The market floor of Karmakadabra. Ask an agent: "kk-karma-hello: price?"',
      log,
    });
    closers.push(irc.close);
    progress('starting the object store');
    const s3 = await startS3Server({
      dir: folder.objects,
      host: LOOPBACK,
      port: options.s3Port ?? (await freePort(portOf(before?.s3))),
      accessKeys: [{ id: secrets.objectStore.accessKeyId, secret: secrets.objectStore.secretAccessKey }],
      log,
    });
    closers.push(s3.close);
    progress('starting the chain');
    await mkdir(folder.chain, { recursive: true });
    const anvil = await startAnvil({
      stateFile: `${folder.chain}/state.json`,
      port: options.rpcPort ?? (await freePort(portOf(before?.rpc))),
      funded: Array.from({ length: FUNDED_ACCOUNTS }, (_, index) => secrets.account(index).address),
      log,
    });
    closers.push(anvil.close);
    progress('creating the vault');
    const remote = await createBareRemote({ path: folder.remote, seedDir: projectPath('vault') });
    return {
      remoteUrl: remote.url,
      irc: { host: irc.host, port: irc.port },
      nicks: irc.nicks,
      s3: { endpoint: s3.endpoint },
      anvil,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function portOf(url: string | undefined): number | undefined {
  return url === undefined || !URL.canParse(url) ? undefined : Number(new URL(url).port);
}

/** Resolves to `wanted` if nothing listens there on loopback, else to a free port. */
function freePort(wanted: number | undefined): Promise<number> {
  return getPort({ host: '127.0.0.1', ...(wanted === undefined ? {} : { port: wanted }) });
}
