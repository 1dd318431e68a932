import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** A disk so small that a test can fill it. */
export interface SmallDisk {
  readonly folder: string;
  readonly close: () => Promise<void>;
}

/** The user of the images. */
const OWNER = 10_001;

/** Mounts a disk of a few megabytes below a folder, for the user of the images; undefined where mounting is not permitted. */
export async function openSmallDisk(below: string): Promise<SmallDisk | undefined> {
  const folder = join(below, 'small-disk');
  await mkdir(folder);
  const size = 'size=192m,mode=0700';
  const { failed } = await execa('mount', ['-t', 'tmpfs', '-o', size, 'kk-small-disk', folder], { reject: false });
  if (failed) return undefined;
  await chown(folder, OWNER, OWNER);
  return { folder, close: async () => void (await execa('umount', ['--lazy', folder], { reject: false })) };
}
