import type { TreeFile } from './tree.ts';

/** How many bytes of recently written logs, attachments and notes stay in memory for the next append or read. */
const MAX_WARM_BYTES = 16 * 1024 * 1024;

/** Keeps the bytes of the files that were pushed last and drops older ones, which git has. */
export interface WarmFiles {
  readonly add: (file: TreeFile) => void;
}

/** Creates {@link WarmFiles}. */
export function createWarmFiles(maxBytes = MAX_WARM_BYTES): WarmFiles {
  const files = new Map<string, TreeFile>();
  let bytes = 0;
  const sizeOf = (file: TreeFile | undefined) => (file?.content instanceof Buffer ? file.content.length : 0);

  const drop = (path: string, file: TreeFile) => {
    bytes -= sizeOf(file);
    files.delete(path);
  };

  return {
    add: (file) => {
      const before = files.get(file.path);
      if (before !== undefined) drop(file.path, before);
      files.set(file.path, file);
      bytes += sizeOf(file);
      for (const [path, oldest] of files) {
        if (bytes <= maxBytes) break;
        drop(path, oldest);
        delete oldest.content;
      }
    },
  };
}
