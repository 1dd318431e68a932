import { NOTE_LIMITS } from './codec.ts';
import { isPage, isTopPage } from './paths.ts';
import type { Folder, TreeFile } from './tree.ts';

/** How many bytes of pages stay in memory for each folder: many times what an agent's own pages have. The rest is read when asked for. */
const MAX_FOLDER_BYTES = 1024 * 1024;

/** Which pages' text stays in memory: all, those at the top of a folder up to a bound, or none. */
export type KeptTexts = 'all' | 'top' | 'none';

/** Decides which files keep their content. */
export interface TextKeeper {
  /** The files of a folder whose content is to be kept. Drops that of others, if it was kept before. */
  readonly choose: (folder: Folder) => readonly TreeFile[];
  readonly keep: (file: TreeFile, content: Buffer | 'too-large' | undefined) => void;
  /** Keeps the content of a page that somebody asked for. */
  readonly keepAsked: (file: TreeFile, content: Buffer) => void;
}

/** Creates a {@link TextKeeper}. */
export function createKeptTexts(texts: KeptTexts): TextKeeper {
  /** The files whose content came from git: others have content that git may not have yet. */
  const fromGit = new WeakSet<TreeFile>();

  function keep(file: TreeFile, content: Buffer | 'too-large' | undefined): void {
    if (content === undefined || file.content !== undefined) return;
    file.content = content;
    fromGit.add(file);
  }

  return {
    choose: (folder) => {
      if (texts === 'none') return [];
      if (texts === 'all') return [...folder.values()].filter(({ path }) => isPage(path));
      const chosen: TreeFile[] = [];
      let bytes = 0;
      for (const file of folder.values()) {
        if (!isTopPage(file.path)) continue;
        bytes += file.sizeBytes;
        if (bytes <= MAX_FOLDER_BYTES) chosen.push(file);
        else if (fromGit.delete(file)) delete file.content;
      }
      return chosen;
    },
    keep,
    keepAsked: (file, content) => {
      if (!isPage(file.path) || content.length > NOTE_LIMITS.maxBytes) return;
      if (texts !== 'top' || content.length < MAX_FOLDER_BYTES / 16) keep(file, content);
    },
  };
}
