import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProgram } from '../support/find-program.ts';
import { run } from './terraform.ts';

const HOST = 'infra/host';
const analyze = findProgram('systemd-analyze');

/** What a Debian 12 image for EC2 starts besides, as far as order goes. */
const SYSTEM = {
  'cloud-init.service': `[Unit]
DefaultDependencies=no
After=systemd-networkd-wait-online.service
Before=network-online.target sysinit.target`,
  'systemd-networkd-wait-online.service': `[Unit]
DefaultDependencies=no
Requires=systemd-networkd.service
After=systemd-networkd.service
Before=network-online.target`,
  'systemd-networkd.service': `[Unit]
DefaultDependencies=no
Wants=network-pre.target
After=network-pre.target
Before=network.target`,
  'docker.service': `[Unit]
Wants=network-online.target
After=network-online.target`,
};

describe.skipIf(analyze === undefined)('the start of a machine (skipped without systemd-analyze)', () => {
  let folder: string;
  const wanted = 'multi-user.target.wants';
  const verify = async () => {
    const said = await run('systemd-analyze', ['verify', '--man=no', 'multi-user.target'], {
      ...process.env,
      SYSTEMD_UNIT_PATH: `${folder}:`,
    });
    return said.stderr.split('\n').filter((line) => /cycle|deleted to break/.test(line));
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kk-units-'));
    mkdirSync(join(folder, wanted));
    for (const [name, text] of Object.entries(SYSTEM)) {
      writeFileSync(join(folder, name), `${text}\n[Service]\nType=oneshot\nExecStart=/bin/true\n`);
      symlinkSync(`../${name}`, join(folder, wanted, name));
    }
    for (const name of readdirSync(HOST).filter((one) => /\.(service|timer)$/.test(one))) {
      cpSync(join(HOST, name), join(folder, name));
      if (name.includes('@')) symlinkSync(`../${name}`, join(folder, wanted, name.replace('@', '@hub')));
      else symlinkSync(`../${name}`, join(folder, wanted, name));
    }
    mkdirSync(join(folder, 'kk-unit@hub.service.d'));
    cpSync(join(HOST, 'kk-hub-disk.conf'), join(folder, 'kk-unit@hub.service.d/disk.conf'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('goes round in no circle, of which systemd would leave a service out', async () => {
    expect(await verify()).toEqual([]);
  });

  it('would be seen to', async () => {
    writeFileSync(
      join(folder, 'kk-firewall.service'),
      '[Unit]\nBefore=network-pre.target\nWants=network-pre.target\n[Service]\nExecStart=/bin/true\n',
    );
    expect(await verify()).not.toEqual([]);
  });
});
