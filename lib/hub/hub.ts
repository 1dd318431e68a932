import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CHANNEL } from '../core/channel.ts';
import { formatError, SwarmError } from '../core/errors.ts';
import type { RecoverWallet } from '../core/signed-note.ts';
import { takeOwnership } from '../files/owner-lock.ts';
import { projectPath } from '../files/project.ts';
import { createAccountSource } from './account-source.ts';
import { createAuthenticator } from './authenticator.ts';
import { openBodySpool } from './body-spool.ts';
import { openCertificate } from './certificate.ts';
import { startCertificateRenewal } from './certificate-renewal.ts';
import { createConduct } from './conduct.ts';
import { createDisk } from './disk.ts';
import { createGitHttp } from './git-http.ts';
import { createHealth } from './health.ts';
import { createHttpServer } from './http-server.ts';
import type { HubAws } from './hub-aws.ts';
import type { HubConfig } from './hub-config.ts';
import { createIrcGate } from './irc-gate.ts';
import { startNgircd } from './ngircd.ts';
import { createOrderRules } from './order-rules.ts';
import { openPasswordFilter } from './password-filter.ts';
import { publishCa } from './publish-ca.ts';
import { createPushQueue } from './push-queue.ts';
import { openPushQuota } from './push-quota.ts';
import { createQuarantineGate } from './quarantine-gate.ts';
import { openRepository } from './repository.ts';
import { startMaintenance } from './repository-maintenance.ts';

/** A running hub. */
export interface Hub {
  readonly gitPort: number;
  readonly ircPort: number;
  /** Reads the accounts again now. */
  readonly reread: () => Promise<void>;
  /** Stops within ten seconds, after pushes that have arrived. */
  readonly close: () => Promise<void>;
}

const TOPIC = 'The market floor of Karmakadabra. Ask an agent: "kk-karma-hello: price?"';
const DRAIN_MS = 7000;

/**
 * Starts the hub: the vault over HTTPS, and the channel over TLS. Waits until its secret exists.
 * @param recoverWallet finds the wallet that signed an operator's order.
 * @param startArchive starts what moves to the archive when it is over, in the hub's repository; it returns how to stop it.
 * @throws SwarmError `hub/…` for errors that a person must correct, `vault/in-use` when another hub has the state folder.
 */
export async function startHub(
  config: HubConfig,
  aws: HubAws,
  log: (line: string) => void,
  signal: AbortSignal,
  recoverWallet: RecoverWallet,
  startArchive: (repository: string) => Promise<() => Promise<void>> = async () => async () => undefined,
): Promise<Hub> {
  const closers: (() => Promise<unknown> | unknown)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  const at = (name: string) => path.join(path.resolve(config.state), name);
  try {
    await mkdir(at('hub'), { recursive: true });
    closers.push(await takeOwnership(at('hub/owner')));
    const repository = at('vault.git');
    await openRepository(repository, at('hub/hooks'), projectPath('vault'));
    const certificate = await openCertificate(at('hub/tls'), Date.now());
    await publishCa(certificate.ca, config, aws);

    const filter = await openPasswordFilter(at('hub/password-filter.json'), log);
    closers.push(filter.close);
    const authenticator = createAuthenticator(filter);
    const accountSource = createAccountSource(config, aws, log);
    authenticator.replace(await accountSource.first(signal));
    log(`${authenticator.accounts().length} accounts`);

    const ngircd = await startNgircd({ folder: at('hub'), channel: CHANNEL, topic: TOPIC, log });
    closers.push(ngircd.stop);
    const quarantine = createQuarantineGate({
      repository,
      file: at('hub/obeyed.json'),
      config,
      accounts: authenticator.accounts,
      recoverWallet,
      onChanged: () => gate.recheck(),
      log,
    });
    const { closedReason } = quarantine;
    const gate = createIrcGate({ certificate, authenticator, ngircd, closedReason, log });
    closers.push(gate.stop);
    closers.push(
      accountSource.watch((accounts) => {
        authenticator.replace(accounts);
        gate.recheck();
      }),
    );

    const disk = createDisk(config.state);
    const pushQueue = createPushQueue();
    const conduct = createConduct();
    const quota = await openPushQuota(at('hub/pushed.json'), log);
    closers.push(quota.close);
    const git = createGitHttp({
      repository,
      orders: createOrderRules({ config, recoverWallet, log }),
      spool: await openBodySpool(at('hub/bodies')),
      quota,
      conduct,
      disk,
      log,
      onPushing: ({ account }) => pushQueue.extend(account),
      onPushed: (account, isAccepted) => {
        pushQueue.pushed(account.account, isAccepted);
        if (!isAccepted) return;
        maintenance.countPush();
        void quarantine.look();
      },
    });
    const maintenance = startMaintenance(repository, () => git.running() === 0, log);
    closers.push(maintenance.stop);
    const health = createHealth({
      repository,
      disk,
      ngircd,
      quota,
      conduct,
      counts: () => ({ irc: gate.clients(), git: git.running() }),
    });
    const https = createHttpServer({
      certificate,
      authenticator,
      closedReason,
      git,
      conduct,
      pushQueue,
      health,
      diskError: disk.error,
      log,
    });
    closers.push(async () => {
      https.close();
      https.closeIdleConnections();
      const deadline = performance.now() + DRAIN_MS;
      while (git.running() > 0 && performance.now() < deadline) await delay(20);
      git.stop();
      https.closeAllConnections();
    });

    closers.push(startCertificateRenewal(at('hub/tls'), certificate, [https, gate.server], log));
    await quarantine.look();
    const gitPort = await listen(https, config.gitPort, config.host);
    const ircPort = await listen(gate.server, config.ircPort, config.host);
    closers.push(await startArchive(repository));
    return { gitPort, ircPort, reread: accountSource.reread, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  try {
    server.listen({ port, host });
    await once(server, 'listening');
  } catch (cause) {
    throw new SwarmError({
      code: 'hub/no-port',
      disposition: 'stop',
      message: `The hub can't listen on ${host}:${port}: ${formatError(cause)}`,
      next: 'Stop what listens there, or choose another port with KK_GIT_PORT and KK_IRC_PORT.',
      cause,
    });
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}
