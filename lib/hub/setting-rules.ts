import { isJudgedSetting, settingError } from '../vault/obsidian-settings.ts';
import { type GitPlace, readObjects } from './git-objects.ts';
import type { FileChange } from './owner-rules.ts';

/** More than any setting needs. */
const MAX_SETTING_BYTES = 256 * 1024;

/** Finds shared settings whose new text would run code, reach the network or track what is one person's. */
export async function settingErrors(place: GitPlace, changes: readonly FileChange[]): Promise<readonly string[]> {
  const errors: string[] = [];
  const paths = new Map<string, string[]>();
  for (const { path, to } of changes) {
    if (to === undefined || !isJudgedSetting(path)) continue;
    if (to.sizeBytes > MAX_SETTING_BYTES) errors.push(`${path} is over ${MAX_SETTING_BYTES / 1024} KiB`);
    else paths.set(to.digest, [...(paths.get(to.digest) ?? []), path]);
  }
  await readObjects(place, [...paths.keys()], (digest, bytes) => {
    for (const path of paths.get(digest) ?? []) {
      const error = settingError(path, bytes.toString('utf8'));
      if (error !== undefined) errors.push(`${path} ${error}`);
    }
  });
  return errors;
}
