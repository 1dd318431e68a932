import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { containerWorld } from './world.ts';

const world = containerWorld();
const MOST_MIB = { agent: 200, hub: 220, local: 260 } as const;
const image = z.object({
  Size: z.number(),
  Architecture: z.string(),
  Config: z.object({
    User: z.string(),
    Env: z.array(z.string()),
    Labels: z.record(z.string(), z.string()),
    Healthcheck: z.object({ Test: z.array(z.string()) }),
  }),
});

describe.skipIf(!world.isThere)('the images', () => {
  const { docker, tag } = world;
  const inspect = async (target: string) =>
    z.array(image).parse(JSON.parse(await docker.run(['image', 'inspect', `karmakadabra/${target}:${tag}`])))[0];

  it.each(['agent', 'hub', 'local'] as const)('%s is small, is not root, and says what it is', async (target) => {
    const found = await inspect(target);
    expect(found?.Config.User).toBe('10001:10001');
    expect(found?.Config.Healthcheck.Test[0]).toBe('CMD');
    expect(found?.Config.Labels['org.opencontainers.image.version']).toMatch(/^\d+\.\d+\.\d+/);
    expect(found?.Config.Labels['org.opencontainers.image.revision']).toMatch(/^[0-9a-f]{40}$|^$/);
    expect((found?.Size ?? Number.POSITIVE_INFINITY) / 2 ** 20).toBeLessThan(MOST_MIB[target]);
    process.stdout.write(`  karmakadabra/${target}: ${Math.round((found?.Size ?? 0) / 1e6)} MB\n`);
  });

  it.each(['agent', 'local'])('%s holds no shell and no package manager', async (target) => {
    const names = await filesOf(target);
    const tools = /(?:^|\/)(?:sh|bash|dash|busybox|apt|apt-get|dpkg|npm|npx|perl|python3?)$/;
    expect(names.filter((name) => tools.test(name))).toEqual([]);
    // The search finds what is there.
    expect(names.filter((name) => /(?:^|\/)node$/.test(name))).toEqual(['usr/local/bin/node']);
  });

  it('agent holds production code only: bundled, without sources, tests or packages of development', async () => {
    const names = await filesOf('agent');
    expect(names.filter((name) => /\.ts$|node_modules|(?:^|\/)test\//.test(name))).toEqual([]);
  });

  it('hub has the shell that git starts its hook with, and no other tool', async () => {
    const tools = (await filesOf('hub')).filter((name) => /^usr\/s?bin\/[^/]+$/.test(name));
    expect(tools.sort()).toEqual(['usr/bin/dash', 'usr/bin/git', 'usr/bin/sh', 'usr/bin/swarm-ops', 'usr/sbin/ngircd']);
  });

  async function filesOf(target: string): Promise<readonly string[]> {
    const name = `${world.project}-files-${target}`;
    await docker.run(['create', '--name', name, '--network', 'none', `karmakadabra/${target}:${tag}`]);
    try {
      const { execa } = await import('execa');
      const { stdout } = await execa('docker', ['export', name], {
        env: docker.environment,
        encoding: 'buffer',
        maxBuffer: 2 ** 30,
      }).pipe('tar', ['-t']);
      return String(stdout)
        .split('\n')
        .filter((path) => path !== '' && !path.endsWith('/'));
    } finally {
      await docker.run(['rm', '--force', name]);
    }
  }
});
