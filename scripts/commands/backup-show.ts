import { openBackup } from '../../lib/backup/open-backup.ts';
import { abortAtStop } from '../terminal/abort-at-stop.ts';
import { type OpenerOptions, readOpeners } from '../terminal/backup-keys.ts';
import { formatBytes } from '../terminal/format-bytes.ts';
import { printJson, printLine, printTable } from '../terminal/print.ts';

/** Reads a backup to its end, checks every file in it, and shows what it holds by folder. */
export async function backupShow(file: string, options: OpenerOptions & { readonly json?: boolean }): Promise<number> {
  const openers = await readOpeners(options);
  const stop = abortAtStop();
  try {
    const { about, files, isEncrypted } = await openBackup(
      file,
      openers,
      {
        about: () => undefined,
        file: async (_, bytes) => {
          for await (const _part of bytes);
        },
      },
      stop.signal,
    );
    if (options.json) {
      printJson('Backup', [{ file, isEncrypted, ...about, files }]);
      return 0;
    }
    const folders = new Map<string, { readonly files: number; readonly bytes: number }>();
    for (const { path, sizeBytes } of files) {
      const [top = ''] = path.split('/', 1);
      const before = folders.get(top) ?? { files: 0, bytes: 0 };
      folders.set(top, { files: before.files + 1, bytes: before.bytes + sizeBytes });
    }
    printLine(
      `${about.of === 'hub' ? 'A hub' : 'A swarm on one machine'}, ${about.isLive ? 'while it ran' : 'stopped'}, at ${about.createdAt}, by ${about.program || 'swarm-ops'}${isEncrypted ? ', encrypted' : ''}.`,
    );
    printTable(
      ['part', 'files', 'size'],
      [...folders].map(([name, of]) => [name, String(of.files), formatBytes(of.bytes)]),
    );
    printLine(`All ${files.length} files are as they were backed up.`);
    return 0;
  } finally {
    stop.dispose();
  }
}
