import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { USER_DATA_LIMIT_BYTES, userData } from '../../infra/user-data.ts';
import { HUB, PACK } from '../../lib/fleet/fleet-names.ts';
import { findProgram } from '../support/find-program.ts';
import { fleetConfig, NAMES, REPOSITORY } from './support.ts';

const HOSTS = [HUB, PACK, 'kk-alej_o'];
const SYSTEMS = ['al2023', 'debian-12'] as const;
const cases = HOSTS.flatMap((host) => SYSTEMS.map((os) => [host, os] as const));
const of = (host: string, os: (typeof SYSTEMS)[number]) =>
  userData(fleetConfig({ machine: { image: 'ami-0123456789abcdef0', os } }), NAMES, host);
const cloudInit = findProgram('cloud-init');

describe('user data', () => {
  it.each(cases)('of %s on %s fits what EC2 takes and unpacks to what was written', (host, os) => {
    const { text, packed } = of(host, os);
    const bytes = Buffer.from(packed, 'base64');
    expect(bytes.length).toBeLessThan(USER_DATA_LIMIT_BYTES);
    expect(gunzipSync(bytes).toString()).toBe(text);
    expect(text.startsWith('#cloud-config\n')).toBe(true);
  });

  it.each(cases)(
    'of %s on %s sets time, log rotation, security updates, the firewall, and no way in by SSH',
    (host, os) => {
      const config: unknown = parse(of(host, os).text);
      expect(config).toMatchObject({ ntp: { enabled: true }, ssh_pwauth: false, disable_root: true });
      const { text } = of(host, os);
      expect(text).toContain('/etc/logrotate.d/kk');
      expect(text).toContain(os === 'al2023' ? 'upgrade_type = security' : 'Unattended-Upgrade');
      expect(text).toContain('/etc/kk/firewall.nft');
      expect(text.includes('/etc/kk/nat.nft')).toBe(host === HUB);
      expect(text).not.toMatch(/ssh_authorized_keys|authorized_keys/);
    },
  );

  it.each(SYSTEMS)('of the hub on %s lets the hub wait for its disk, and nothing else', (os) => {
    const { write_files: files, runcmd } = z
      .looseObject({ write_files: z.array(z.looseObject({ path: z.string() })), runcmd: z.array(z.array(z.string())) })
      .parse(parse(of(HUB, os).text));
    expect(files.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        '/usr/local/sbin/kk-hub-disk',
        '/etc/systemd/system/kk-hub-disk.service',
        '/etc/systemd/system/kk-unit@hub.service.d/disk.conf',
      ]),
    );
    expect(runcmd).toContainEqual(['systemctl', 'enable', 'kk-hub-disk.service']);
    expect(runcmd.flat().filter((word) => word.includes('kk-hub-disk'))).toHaveLength(1);
  });

  it.each(cases)(
    'of %s on %s says which repositories a unit may run images of: the two of its own fleet',
    (host, os) => {
      const { write_files: files } = z
        .looseObject({ write_files: z.array(z.looseObject({ path: z.string(), content: z.string().optional() })) })
        .parse(parse(of(host, os).text));
      const file = files.find(({ path }) => path === '/etc/kk/host.json');
      expect(JSON.parse(file?.content ?? '')).toMatchObject({
        repositories: [`${REPOSITORY}/agent`, `${REPOSITORY}/hub`],
      });
    },
  );

  it('names no agent but its own, so that adding one replaces no machine', () => {
    expect(of(PACK, 'al2023').text).not.toMatch(/kk-(karma|valid|coord)/);
  });

  it.skipIf(cloudInit === undefined).each(cases)(
    `of %s on %s is what cloud-init's schema accepts${cloudInit ? '' : ' (skipped: cloud-init is not installed)'}`,
    (host, os) => {
      if (cloudInit === undefined) return;
      const folder = mkdtempSync(join(tmpdir(), 'kk-user-data-'));
      try {
        const file = join(folder, 'user-data');
        writeFileSync(file, of(host, os).text);
        const said = execFileSync(cloudInit, ['schema', '--config-file', file], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        expect(said).toMatch(/Valid/);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});
