import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { cacheFolder } from '../../../scripts/build/images/cache-folder.ts';
import { MIRROR_HOST } from './debian-root.ts';

/**
 * Debian's archive for machines whose network has no way out: fetches what they ask for and keeps the packages, which
 * never change under one name. Nothing else of the world can be reached through it.
 */
export function createMirror(): Server {
  const kept = join(cacheFolder(), 'packages');
  mkdirSync(kept, { recursive: true });
  return createServer((request, response) => {
    const path = request.url ?? '/';
    serve(kept, path, response).catch(() => response.destroy());
  });
}

async function serve(kept: string, path: string, response: ServerResponse): Promise<void> {
  const file = join(kept, createHash('sha256').update(path).digest('hex'));
  if (existsSync(file)) return void (await pipeline(createReadStream(file), response));
  const answer = await fetch(`http://${MIRROR_HOST}${path}`);
  response.statusCode = answer.status;
  if (answer.body === null) return void response.end();
  const body = Readable.fromWeb(answer.body);
  if (answer.status !== 200 || !path.endsWith('.deb')) return void (await pipeline(body, response));
  const draft = `${file}.${process.pid}-${Math.trunc(performance.now())}`;
  await pipeline(body, createWriteStream(draft));
  renameSync(draft, file);
  await pipeline(createReadStream(file), response);
}
