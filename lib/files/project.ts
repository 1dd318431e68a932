import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Build } from '../core/protocol.ts';

const ROOT = new URL('../../', import.meta.url);

/** The path of a file or folder of this project. */
export function projectPath(relative: string): string {
  return fileURLToPath(new URL(relative, ROOT));
}

const packageFile = z.object({ version: z.string().max(40) });
const buildFile = z.object({ version: z.string().max(40), commit: z.string().regex(/^[0-9a-f]{7,40}$/) });

/** Reads the version that runs here: from an image's `build.json`, or from the package and its git checkout. */
export async function readBuild(image = ''): Promise<Build> {
  const built = await readFile(projectPath('build.json'), 'utf8').catch(() => undefined);
  if (built !== undefined) {
    const parsed = buildFile.safeParse(JSON.parse(built));
    if (parsed.success) return { ...parsed.data, image };
  }
  const { version } = packageFile.parse(JSON.parse(await readFile(projectPath('package.json'), 'utf8')));
  // Imported only here: most programs start no git.
  const { execa } = await import('execa');
  const { stdout, failed } = await execa('git', ['rev-parse', '--short', 'HEAD'], {
    cwd: projectPath('.'),
    reject: false,
    timeout: 5000,
  });
  return { version, commit: failed ? '' : stdout.trim(), image };
}
