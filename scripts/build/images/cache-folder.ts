import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Creates this project's folder in the user's cache (XDG_CACHE_HOME, else ~/.cache), for downloads and images. */
export function cacheFolder(): string {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'karmakadabra');
  mkdirSync(folder, { recursive: true });
  return folder;
}
