import { once } from 'node:events';
import { resolve } from 'node:path';
import { type About, BACKUP_VERSION, type BackupKind } from '../../lib/backup/format.ts';
import type { SourceFile } from '../../lib/backup/write-archive.ts';
import { type BackupContents, streamBackup, writeBackup } from '../../lib/backup/write-backup.ts';
import { formatBuild, PROTOCOL } from '../../lib/core/protocol.ts';
import { formatIso, systemClock } from '../../lib/core/time.ts';
import { readBuild } from '../../lib/files/project.ts';
import { isStateLive, stateFiles } from '../../lib/host/state-backup.ts';
import { findStateFolder } from '../../lib/host/state-folder.ts';
import { hubFiles, isHubLive } from '../../lib/hub/hub-backup.ts';
import { abortAtStop } from '../terminal/abort-at-stop.ts';
import { type RecipientOptions, readRecipients } from '../terminal/backup-keys.ts';
import { formatBytes } from '../terminal/format-bytes.ts';
import { printJson, printLine } from '../terminal/print.ts';
import { isLiveStream } from '../terminal/run-display.ts';
import { createStepLine } from '../terminal/step-line.ts';

/** The options of `backup`. */
export interface BackupOptions extends RecipientOptions {
  readonly state: string;
  readonly hub?: string;
  readonly accounts?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Stands for standard output, as for the hub in a container, which has no other place to write to. */
const STDOUT = '-';

interface Source {
  readonly of: BackupKind;
  readonly root: string;
  readonly isLive: boolean;
  readonly files: (signal: AbortSignal) => AsyncIterable<SourceFile>;
}

/** Writes a backup of a swarm or a hub, and says that it holds secrets. */
export async function backup(file: string, options: BackupOptions): Promise<number> {
  const source = options.hub === undefined ? await stateSource(options.state) : await hubSource(options.hub, options);
  const recipients = await readRecipients(options);
  const { of, root, isLive } = source;
  const about: About = {
    apiVersion: 'karmakadabra/v1',
    kind: 'Backup',
    version: BACKUP_VERSION,
    of,
    createdAt: formatIso(systemClock()),
    program: formatBuild(await readBuild()),
    protocol: PROTOCOL,
    isLive,
  };
  const steps = createStepLine(
    process.stderr,
    isLiveStream(process.stderr, process.env.TERM) && !options.json,
    Date.now,
  );
  const stop = abortAtStop();
  let [count, bytes] = [0, 0];
  try {
    steps.show('backing up');
    const contents: BackupContents = {
      about,
      files: source.files(stop.signal),
      recipients,
      signal: stop.signal,
      onFile: (written) => {
        count += 1;
        bytes += written.sizeBytes;
        steps.show(`backing up ${root}`, count);
      },
    };
    const sizeBytes =
      file === STDOUT
        ? await streamBackup(contents, writeOut)
        : await writeBackup({ ...contents, target: file, root, isForced: options.force === true });
    steps.clear();
    const isEncrypted = recipients.type !== 'nobody';
    const target = file === STDOUT ? 'standard output' : resolve(file);
    const when = isLive ? ', while it ran' : '';
    const line = `Wrote ${target} (${formatBytes(sizeBytes)}): ${count} files of ${root}${when}.`;
    if (file === STDOUT) steps.say(line);
    else if (options.json) {
      printJson('Backup', [{ file: target, sizeBytes, files: count, filesBytes: bytes, isEncrypted, ...about }]);
    } else printLine(line);
    if (!isEncrypted) {
      steps.say(
        'It holds all keys, unencrypted: who reads it can spend the money. Encrypt it with --recipient age1… or --passphrase.',
      );
    }
    return 0;
  } finally {
    steps.clear();
    stop.dispose();
  }
}

async function stateSource(state: string): Promise<Source> {
  const folder = await findStateFolder(state);
  const isLive = await isStateLive(folder);
  return { of: 'state', root: folder.dir, isLive, files: (signal) => stateFiles(folder, isLive, signal) };
}

async function hubSource(hub: string, options: BackupOptions): Promise<Source> {
  const root = resolve(hub);
  const accounts = options.accounts ?? (process.env.KK_SECRET_FILE || undefined);
  return {
    of: 'hub',
    root,
    isLive: await isHubLive(root),
    files: () => hubFiles(root, accounts === undefined ? undefined : resolve(accounts)),
  };
}

async function writeOut(bytes: Uint8Array): Promise<void> {
  if (!process.stdout.write(bytes)) await once(process.stdout, 'drain');
}
