import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { PassThrough, type Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { HUB_BOUNDS } from '../core/hub-bounds.ts';
import { PRIVATE } from '../files/private-file.ts';
import { Refusal } from './http-error.ts';
import { watchRate } from './rate-watch.ts';

/** The body of a request, received completely and decompressed, in a file without a name: it is gone with its descriptor. */
export interface SpooledBody {
  /** A descriptor at the file's start, for a process that reads it. */
  readonly descriptor: number;
  readonly close: () => Promise<void>;
}

/** How much of a body is taken. */
export interface BodyLimits {
  readonly maxBytes: number;
  /** The most that its account may still send, and what it is told past that. Absent: as much as `maxBytes`. */
  readonly quota?: { readonly bytes: number; readonly refusal: () => string };
  /** Called with each number of bytes that counts: what arrived or what it decompresses to, whichever is more. */
  readonly onBytes?: (bytes: number) => void;
}

/** Receives bodies into files, so that those of many connections take no memory. */
export interface BodySpool {
  /**
   * Receives a body.
   * @throws Refusal 408 when it comes too slowly, 413 when it is too large, 429 past the quota, 503 when the spool is full.
   */
  readonly receive: (request: IncomingMessage, limits: BodyLimits) => Promise<SpooledBody>;
}

/** The bounds of a spool: of all bodies, and of a sender's rate. */
export interface SpoolBounds {
  readonly totalBytes: number;
  readonly minBytesPerSecond: number;
  readonly windowMs: number;
}

const DISK_FULL = "The hub's disk is full; try again when there is room.";
const BOUNDS: SpoolBounds = { totalBytes: HUB_BOUNDS.body.totalBytes, ...HUB_BOUNDS.rate };

/** Opens the spool in a folder of its own, which is emptied. */
export async function openBodySpool(folder: string, bounds: SpoolBounds = BOUNDS): Promise<BodySpool> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let spooledBytes = 0;

  async function nameless(): Promise<FileHandle> {
    const file = path.join(folder, randomUUID());
    const handle = await open(file, 'wx+', PRIVATE);
    await rm(file);
    return handle;
  }

  return {
    receive: async (request, { maxBytes, quota, onBytes }) => {
      if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
      const file = await nameless();
      if (request.destroyed) {
        await file.close();
        throw brokeOff();
      }
      const isPacked = /^(?:x-)?gzip$/.test(request.headers['content-encoding'] ?? '');
      const source = joined(request, isPacked ? createGunzip() : new PassThrough());
      let [arrived, unpacked, counted, held] = [0, 0, 0, 0];
      const count = () => {
        const bytes = Math.max(arrived, unpacked);
        onBytes?.(bytes - counted);
        counted = bytes;
        if (bytes > maxBytes) source.destroy(tooLarge());
        else if (quota !== undefined && bytes > quota.bytes) source.destroy(new Refusal(429, quota.refusal()));
      };
      request.on('data', (chunk: Buffer) => {
        arrived += chunk.length;
        count();
      });
      const stopWatching = watchRate({
        bytes: () => arrived,
        isWaiting: () => !request.readableEnded && !request.isPaused(),
        ...bounds,
        onSlow: () => source.destroy(tooSlow(bounds)),
      });
      const close = async () => {
        spooledBytes -= held;
        held = 0;
        await file.close();
      };
      try {
        for await (const chunk of source as AsyncIterable<Buffer>) {
          unpacked += chunk.length;
          count();
          if (source.destroyed) continue;
          if (spooledBytes + chunk.length > bounds.totalBytes) throw new Refusal(503, 'The hub is busy; try again.');
          spooledBytes += chunk.length;
          held += chunk.length;
          // A position is given, so that the descriptor stays at the start for git.
          const { bytesWritten } = await file.write(chunk, 0, chunk.length, unpacked - chunk.length);
          if (bytesWritten < chunk.length) throw new Refusal(507, DISK_FULL);
        }
      } catch (error) {
        await close();
        throw isDiskFull(error) ? new Refusal(507, DISK_FULL) : error;
      } finally {
        stopWatching();
        source.destroy();
      }
      return { descriptor: file.fd, close };
    },
  };
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOSPC';
}

function brokeOff(): Error {
  return new Error('the body broke off');
}

function tooLarge(): Refusal {
  return new Refusal(413, 'The request is larger than the hub accepts.');
}

function tooSlow({ minBytesPerSecond, windowMs }: SpoolBounds): Refusal {
  const rate = `${minBytesPerSecond} bytes a second over ${windowMs / 1000} s`;
  return new Refusal(408, `The request came slower than ${rate}; try again over a better connection.`);
}

/** Pipes one stream into another so that the end or error of the first also ends the second. */
function joined(first: IncomingMessage, second: Transform): Transform {
  first.once('error', (error) => second.destroy(error));
  first.once('close', () => {
    if (!first.readableEnded) second.destroy(brokeOff());
  });
  second.on('error', () => undefined);
  first.pipe(second);
  return second;
}
