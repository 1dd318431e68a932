import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { SwarmError } from '../core/errors.ts';
import { writeDurably } from '../files/durable.ts';
import { PRIVATE } from '../files/private-file.ts';

/**
 * Writes settings to a git configuration file that only this user may read, and returns its path.
 * @throws SwarmError `vault/bad-git-config` for a name or value that git's format can't hold.
 */
export async function writeGitConfig(file: string, settings: Readonly<Record<string, string>>): Promise<string> {
  const text = formatGitConfig(settings);
  await mkdir(path.dirname(file), { recursive: true });
  await writeDurably(file, text, { mode: PRIVATE });
  return file;
}

/** Formats settings as a git configuration file. A name includes its section, as in `http.https://hub:8443/.extraHeader`. */
export function formatGitConfig(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => {
      const [, section, subsection, key] = /^([a-z][a-z0-9-]*)(?:\.(.+))?\.([a-z][a-z0-9-]*)$/is.exec(name) ?? [];
      if (section === undefined || key === undefined || /[\0-\x1f\x7f]/.test(`${name}${value}`)) throw bad(name);
      const title = subsection === undefined ? `[${section}]` : `[${section} ${quoted(subsection)}]`;
      return `${title}\n\t${key} = ${quoted(value)}\n`;
    })
    .join('');
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

function bad(name: string): SwarmError {
  return new SwarmError({
    code: 'vault/bad-git-config',
    disposition: 'stop',
    message: `${JSON.stringify(name.slice(0, 80))} can't be a git setting, or its value isn't one line`,
    next: 'Give it as section.name or section.subsection.name.',
  });
}
