import { z } from 'zod';
import { SwarmError } from '../core/errors.ts';
import { isoTime } from '../core/time.ts';

/** The format of backup files that this version writes and reads. */
export const BACKUP_VERSION = 1;

/** The first entry of a backup: what it is of. */
export const ABOUT = 'backup.json';
/** The last entry: the SHA-256 of every file in the form of `sha256sum`, so that a file that was cut off lacks it. */
export const SUMS = 'SHA256SUMS';
/** The folder of an archive that holds the files. */
export const FILES = 'files/';

/** Far above a swarm of a year, 80,000 notes and their goods; what is kept in memory for each is about 300 bytes. */
export const MAX_ENTRIES = 1_000_000;
export const MAX_ABOUT_BYTES = 64 * 1024;
/** A line of the sums is at most a digest and a path. */
export const MAX_PATH_BYTES = 1024;
/** The system's bound for a name. */
export const MAX_NAME_BYTES = 255;

export const aboutFile = z.strictObject({
  apiVersion: z.literal('karmakadabra/v1'),
  kind: z.literal('Backup'),
  version: z.number().int(),
  /** A state folder of one machine or container, or the folder of a hub. */
  of: z.enum(['state', 'hub']),
  createdAt: isoTime,
  /** The program that wrote it, and the protocol that it trades by. */
  program: z.string().max(100),
  protocol: z.number().int(),
  /** Whether the swarm or hub ran meanwhile. */
  isLive: z.boolean(),
});

/** What a backup says about itself. */
export type About = Readonly<z.output<typeof aboutFile>>;
export type BackupKind = About['of'];

/** A file of a backup, with `/` between the parts of its path. */
export interface BackedUpFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** 64 hex digits. */
  readonly sha256: string;
}

/** The error of a file that is no whole backup, or one that nothing of ours would write. */
export function damaged(file: string, why: string, cause?: unknown): SwarmError {
  return new SwarmError({
    code: 'backup/damaged',
    disposition: 'stop',
    message: `${file} can't be restored: ${why}`,
    next: 'Nothing was changed. Use another backup: this one was cut off, damaged or changed by somebody.',
    cause,
  });
}
