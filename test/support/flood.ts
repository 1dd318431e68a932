import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { gitEnvironment } from '../../lib/core/git-environment.ts';
import { git } from './git.ts';

/** What one commit does: files by path (the same bytes at several paths are one blob), and paths to remove. */
export interface FloodCommit {
  readonly files?: Iterable<readonly [path: string, content: string]>;
  readonly gone?: Iterable<string>;
  /** The mode of the files, as in `120000` for links. */
  readonly mode?: string;
}

/** Commits to `main` of a bare repository as somebody who pushes past the hub: one `git fast-import`, thousands of files in no time. */
export async function commitFlood(repository: string, commit: FloodCommit): Promise<string> {
  const child = spawn('git', ['fast-import', '--quiet', '--force'], {
    cwd: repository,
    env: gitEnvironment(process.env),
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const closed = once(child, 'close');
  const marks = new Map<string, number>();
  const lines: string[] = [];
  const paths: string[] = [];
  for (const [path, content] of commit.files ?? []) {
    let mark = marks.get(content);
    if (mark === undefined) {
      mark = marks.size + 1;
      marks.set(content, mark);
      lines.push(`blob\nmark :${mark}\ndata ${Buffer.byteLength(content)}\n${content}\n`);
    }
    paths.push(`M ${commit.mode ?? '100644'} :${mark} ${path}\n`);
  }
  for (const path of commit.gone ?? []) paths.push(`D ${path}\n`);
  lines.push(
    'commit refs/heads/main\ncommitter evil <evil@x> 1700000000 +0000\ndata 5\nflood\nfrom refs/heads/main^0\n',
  );
  child.stdin.end(lines.concat(paths).join(''));
  const [code]: unknown[] = await closed;
  if (code !== 0) throw new Error(`git fast-import ended with ${String(code)}`);
  return git(repository, 'rev-parse', 'main');
}
