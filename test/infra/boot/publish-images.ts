import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { eventually, mustWith } from './command.ts';

/** An engine with the project's images. */
export interface ImageSource {
  /** As in DOCKER_HOST. */
  readonly host: string;
  /** The process whose network it is in. */
  readonly pid: number | undefined;
  /** The names of its images. */
  readonly images: Readonly<Record<'agent' | 'hub', string>>;
}

const PORT = 5_099;
/** As Docker keeps it: the word CMD, then the command. */
const healthTest = z.tuple([z.literal('CMD')], z.string());

/**
 * Puts the images into the registry that is kept in a folder, with two things more: trust in the cloud of the test, and their
 * check of health asked every 5 s, so that less is waited for it.
 * Gives their digests, `sha256:…`.
 */
export async function publishImages(
  source: ImageSource,
  folder: string,
  registry: string,
  authority: string,
): Promise<Readonly<Record<'agent' | 'hub', string>>> {
  const docker = (...args: readonly string[]) =>
    mustWith({ env: { DOCKER_HOST: source.host, DOCKER_BUILDKIT: '0' } }, 'docker', ...args);
  const context = join(folder, 'images');
  mkdirSync(context, { recursive: true });
  const config = join(context, 'registry.json');
  const storage = { filesystem: { rootdirectory: registry } };
  writeFileSync(config, JSON.stringify({ version: 0.1, storage, http: { addr: `127.0.0.1:${PORT}` } }));
  const inside = [`--net=/proc/${source.pid}/ns/net`, 'docker-registry', 'serve', config];
  const child = spawn('nsenter', inside, { stdio: 'ignore' });
  try {
    const publish = async (what: 'agent' | 'hub'): Promise<string> => {
      const name = `127.0.0.1:${PORT}/karmakadabra/${what}:test`;
      writeFileSync(join(context, 'ca.pem'), readFileSync(authority));
      const inspect = ['image', 'inspect', '--format', '{{json .Config.Healthcheck.Test}}', source.images[what]];
      const [, ...check] = healthTest.parse(JSON.parse(await docker(...inspect)));
      const lines = [
        `FROM ${source.images[what]}`,
        `HEALTHCHECK --interval=5s --timeout=60s --start-period=600s --retries=4 CMD ${JSON.stringify(check)}`,
        'COPY ca.pem /etc/ssl/certs/ca-certificates.crt',
        'ENV NODE_OPTIONS=--use-openssl-ca SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt',
      ];
      writeFileSync(join(context, 'Dockerfile'), `${lines.join('\n')}\n`);
      await docker('build', '--quiet', '--network', 'none', '--tag', name, context);
      const said = await eventually(`the registry takes ${what}`, 300_000, () => docker('push', name));
      await docker('rmi', name);
      const digest = /digest: (sha256:[0-9a-f]{64})/.exec(said)?.[1];
      if (digest === undefined) throw new Error(`docker push says no digest: ${said}`);
      return digest;
    };
    return { agent: await publish('agent'), hub: await publish('hub') };
  } finally {
    child.kill('SIGKILL');
    rmSync(context, { recursive: true, force: true });
  }
}
