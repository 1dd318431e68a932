import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Makes the folder of this project in the user's cache (XDG_CACHE_HOME, else ~/.cache), where what took long to get is kept. */
export function cacheFolder(): string {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'karmakadabra');
  mkdirSync(folder, { recursive: true });
  return folder;
}
