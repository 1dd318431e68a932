import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run, type Said } from './terraform.ts';

const VOLUME = 'vol0123456789abcdef0';
const ROOT_VOLUME = 'vol0fedcba9876543210';
const UUID = '0b6ad2c3-0000-4000-8000-000000000001';
const LINE = `UUID=${UUID} /srv/hub ext4 defaults,nofail,noatime 0 2`;

describe('the hub’s disk', () => {
  let root: string;
  const at = (...path: readonly string[]) => join(root, ...path);
  const fake = (name: string, script: string) => {
    writeFileSync(at('bin', name), `#!/bin/sh\n${script}\n`);
    chmodSync(at('bin', name), 0o755);
  };
  const said = () => (existsSync(at('said')) ? readFileSync(at('said'), 'utf8').trim().split('\n') : []);
  const fstab = () => readFileSync(at('etc/fstab'), 'utf8').trim().split('\n');
  const link = (name: string, device: string) =>
    symlinkSync(`../../${device}`, at('dev/disk/by-id', `nvme-Amazon_Elastic_Block_Store_${name}`));
  const mount = (more: NodeJS.ProcessEnv = {}): Promise<Said> =>
    run('sh', [resolve('infra/host/kk-hub-disk')], {
      PATH: `${at('bin')}:${process.env.PATH}`,
      KK_ROOT: root,
      KK_TRIES: '0',
      ...more,
    });
  /** What blkid finds on the data volume: nothing until there is a file system, or what is given. */
  const blkid = (code: number) =>
    fake(
      'blkid',
      `[ -e ${at('made')} ] || [ ${code} = 0 ] || exit ${code}\ncase "$*" in *"-s UUID"*) echo ${UUID};; esac`,
    );

  const e2fsck = (code: number) => fake('e2fsck', `echo "e2fsck $*" >> ${at('said')}; exit ${code}`);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'kk-disk-'));
    for (const folder of ['bin', 'etc', 'dev/disk/by-id']) mkdirSync(at(folder), { recursive: true });
    writeFileSync(at('etc/fstab'), 'UUID=1 / ext4 defaults 0 1\n');
    for (const device of ['nvme0n1', 'nvme0n1p1']) writeFileSync(at('dev', device), 'the root disk');
    writeFileSync(at('dev/nvme1n1'), Buffer.alloc(2 << 20));
    // As on Amazon Linux 2023 and on Debian: each disk several times.
    for (const end of ['', '_1', '-ns-1']) {
      link(`${VOLUME}${end}`, 'nvme1n1');
      link(`${ROOT_VOLUME}${end}`, 'nvme0n1');
      link(`${ROOT_VOLUME}${end}-part1`, 'nvme0n1p1');
    }
    fake('findmnt', `case "$*" in *srv/hub) echo ${at('dev/nvme1n1')};; *) echo /dev/nvme0n1p1;; esac`);
    fake('lsblk', 'echo nvme0n1');
    fake('sleep', '');
    fake('mountpoint', `[ -e ${at('mounted')} ]`);
    for (const name of ['mount', 'resize2fs', 'systemctl']) fake(name, `echo "${name} $*" >> ${at('said')}`);
    fake('mkfs.ext4', `echo "mkfs.ext4 $*" >> ${at('said')}; touch ${at('made')}`);
    blkid(2);
    e2fsck(0);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('is found among all the names that disks have, is made a file system once, and is mounted by what it is', async () => {
    expect(await mount()).toMatchObject({ code: 0, stderr: '' });
    const disk = at('dev/nvme1n1');
    expect(said()).toEqual([
      `mkfs.ext4 -q -L kk-hub ${disk}`,
      'systemctl daemon-reload',
      `mount -t ext4 -o noatime ${disk} ${at('srv/hub')}`,
      `resize2fs ${disk}`,
    ]);
    expect(fstab()).toEqual(['UUID=1 / ext4 defaults 0 1', LINE]);

    rmSync(at('said'));
    expect(await mount()).toMatchObject({ code: 0, stderr: '' });
    expect(said()).toEqual([
      `e2fsck -p ${disk}`,
      `mount -t ext4 -o noatime ${disk} ${at('srv/hub')}`,
      `resize2fs ${disk}`,
    ]);
    expect(fstab()).toHaveLength(2);
  });

  it('takes the place of another one in fstab', async () => {
    writeFileSync(at('etc/fstab'), 'UUID=1 / ext4 defaults 0 1\nUUID=2 /srv/hub ext4 nofail 0 2\n');
    blkid(0);
    expect(await mount()).toMatchObject({ code: 0 });
    expect(fstab()).toEqual(['UUID=1 / ext4 defaults 0 1', LINE]);
  });

  it('is only let grow when it is mounted already', async () => {
    writeFileSync(at('mounted'), '');
    expect(await mount()).toMatchObject({ code: 0 });
    expect(said()).toEqual([`resize2fs ${at('dev/nvme1n1')}`]);

    fake('resize2fs', 'exit 1');
    expect(await mount()).toMatchObject({ code: 0, stderr: expect.stringContaining('has not grown') });
  });

  it('is mounted once its file system is mended', async () => {
    blkid(0);
    e2fsck(1);
    expect(await mount()).toMatchObject({ code: 0, stderr: '' });
    expect(said()).toContain(`mount -t ext4 -o noatime ${at('dev/nvme1n1')} ${at('srv/hub')}`);
  });

  it.each([2, 4, 8, 12])('is not mounted when e2fsck says %i of its file system', async (code) => {
    blkid(0);
    e2fsck(code);
    const done = await mount();
    expect(done.code).toBe(1);
    expect(done.stderr).toContain(`exit code ${code} of e2fsck`);
    expect(done.stderr).toContain(`e2fsck -n ${at('dev/nvme1n1')}`);
    expect(said()).toEqual([`e2fsck -p ${at('dev/nvme1n1')}`]);
    expect(fstab()).toHaveLength(1);
  });

  it('is waited for, and missed in plain words', async () => {
    for (const end of ['', '_1', '-ns-1']) rmSync(at(`dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${VOLUME}${end}`));
    expect(await mount()).toMatchObject({ code: 1, stderr: expect.stringContaining('no data volume is attached') });
    // It comes while it is waited for.
    fake('sleep', `ln -sf ../../nvme1n1 ${at('dev/disk/by-id', `nvme-Amazon_Elastic_Block_Store_${VOLUME}`)}`);
    expect(await mount({ KK_TRIES: '2' })).toMatchObject({ code: 0 });
    expect(said().at(-2)).toContain('mount -t ext4');
  });

  it('is not guessed at when there are two', async () => {
    writeFileSync(at('dev/nvme2n1'), Buffer.alloc(2 << 20));
    link('vol00000000000000002', 'nvme2n1');
    const done = await mount();
    expect(done.code).toBe(1);
    expect(done.stderr).toContain(`${at('dev/nvme1n1')} ${at('dev/nvme2n1')}`);
    expect(said()).toEqual([]);
  });

  it.each([
    ['blkid can’t tell what is on it', 8, Buffer.alloc(2 << 20), 'exit code 8'],
    ['blkid fails', 4, Buffer.alloc(2 << 20), 'exit code 4'],
    ['nothing of it can be read', 2, Buffer.alloc(0), "can't be read"],
    ['its file system is damaged', 2, Buffer.alloc(2 << 20, 'x'), 'neither new nor has a file system'],
  ] as const)('is never written to when %s', async (_, code, content, words) => {
    blkid(code);
    writeFileSync(at('dev/nvme1n1'), content);
    const done = await mount();
    expect(done.code).toBe(1);
    expect(done.stderr).toContain(words);
    expect(said()).toEqual([]);
    expect(fstab()).toHaveLength(1);
  });
});
