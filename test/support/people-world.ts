import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { VaultOperation } from '../../lib/core/vault.ts';
import { createBlobReader } from '../../lib/vault/blob-reader.ts';
import { openClone } from '../../lib/vault/clone.ts';
import { createEditSpooler } from '../../lib/vault/edit-spooler.ts';
import { openReplica } from '../../lib/vault/replica.ts';
import { openSpool } from '../../lib/vault/spool.ts';
import { openWorkTree } from '../../lib/vault/work-tree.ts';
import { clonePerson, git, gitWith, makeFolder, makeRemote, pushFiles } from './git.ts';
import { append, aWrite, put, remove } from './vault.ts';

/** Notes of agents, with a record of money, and pages of people. */
export const AGENT_FILES = ['agents/kk-a/memory.md', 'agents/kk-a/state.md', 'agents/kk-b/log/2026-01/l.md'] as const;
export const TRADE = 'agents/kk-a/trades/2026-01/t.md';
export const PEOPLE_FILES = ['people/ana.md', 'people/bob.md', 'dashboards/Agents.md'] as const;
const SEED = Object.fromEntries([...AGENT_FILES, TRADE, ...PEOPLE_FILES].map((file) => [file, `# ${file}\n\nfirst\n`]));

/** One step of a random day: of the host, of the person, or of the person's git. */
export type Step =
  | { readonly do: 'type'; readonly file: string }
  | { readonly do: 'set back'; readonly file: string }
  | { readonly do: 'remove'; readonly file: string }
  | { readonly do: 'git'; readonly args: readonly string[] }
  | { readonly do: 'agent writes'; readonly file: string; readonly how: 'append' | 'put' | 'delete' }
  | { readonly do: 'scan' | 'push' | 'update' | 'restart' };

/** A vault with its writer and its opened folder, driven step by step, and the laws that hold at each. */
export interface PeopleWorld {
  readonly take: (step: Step) => Promise<void>;
  /** The person ends what git is in the middle of, goes back to main and stops; all that waits is done. Then everything is in step. */
  readonly finish: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Makes a vault that worlds are copied from. */
export async function makeTemplate(): Promise<{ readonly folder: string; readonly remove: () => Promise<void> }> {
  const [folder, removeFolder] = await makeFolder();
  const remote = await makeRemote(folder, SEED);
  const other = await clonePerson(folder, remote, 'kk-a');
  for (const file of [...AGENT_FILES, ...PEOPLE_FILES])
    await pushFiles(other, { [file]: `# ${file}\n\nfirst\nsecond\n` });
  await openClone(path.join(folder, 'vault'), remote, { hasFiles: true });
  return { folder, remove: removeFolder };
}

/** Opens a copy of a template. @throws Error that names the law which a step breaks. */
export async function openPeopleWorld(template: string): Promise<PeopleWorld> {
  const [folder, removeFolder] = await makeFolder();
  await cp(template, folder, { recursive: true, preserveTimestamps: true });
  const remote = path.join(folder, 'remote.git');
  const root = path.join(folder, 'vault');
  const warnings: string[] = [];
  /** Lines that were typed, and where; and what the person may have taken out of a file. */
  let typedLines = 0;
  const changedByHand = new Set<string>();
  let hasCommitted = false;
  const shownTexts = new Map<string, string[]>();
  /** All lines that ever were on the remote, and the head up to which that is known. */
  const landedLines = new Set<string>();
  let checkedHead = await git(remote, 'rev-parse', 'main');
  let host = await openHost();

  async function openHost() {
    const cloned = await openClone(root, remote, { hasFiles: true });
    const blobs = createBlobReader(cloned);
    const spool = await openSpool(path.join(folder, 'spool'));
    const replica = await openReplica({
      git: cloned,
      spool,
      blobs,
      onMoved: () => {},
      onPushed: () => {},
      onRejected: (_, code, reason) => void warnings.push(`${code} ${reason}`),
    });
    await replica.fetch();
    const edits = createEditSpooler(spool, replica.head);
    const warn = (message: string) => void warnings.push(message);
    const parts = { git: cloned, blobs, isKept: edits.isKept, warn, settleMs: 0 };
    return { blobs, spool, replica, edits, workTree: await openWorkTree(parts, replica.head()) };
  }

  async function personsGit(...args: readonly string[]): Promise<boolean> {
    const env = { GIT_EDITOR: 'true', GIT_SEQUENCE_EDITOR: 'true', GIT_MERGE_AUTOEDIT: 'no' };
    return gitWith(env, root, ...args).then(
      () => true,
      () => false,
    );
  }

  async function typedInFolder(): Promise<ReadonlySet<string>> {
    const lines = new Set<string>();
    for (const name of await readdir(root, { recursive: true })) {
      if (name.startsWith('.git') || !(await stat(path.join(root, name))).isFile()) continue;
      for (const line of typedIn(await readFile(path.join(root, name), 'utf8'))) lines.add(line);
    }
    return lines;
  }

  function waiting(): ReadonlySet<string> {
    return new Set(
      host.spool
        .pending()
        .flatMap(({ write }) =>
          write.operations.flatMap((operation) =>
            operation.op === 'edit' && operation.content !== null
              ? typedIn(Buffer.from(operation.content, 'base64').toString())
              : [],
          ),
        ),
    );
  }

  /** Looks at what came to the remote: by people there are only lines that were typed, and nothing of agents is gone. */
  async function checkLanded(): Promise<void> {
    const head = host.replica.head();
    if (head === checkedHead) return;
    const log = await git(
      remote,
      'log',
      '--reverse',
      '-p',
      '--no-renames',
      '--format=%x01%an%x02',
      `${checkedHead}..${head}`,
    );
    checkedHead = head;
    for (const commit of log.split('\x01').slice(1)) {
      const [author, patch = ''] = commit.split('\x02');
      for (const line of typedIn(patch)) landedLines.add(line);
      if (author !== 'people') continue;
      for (const file of patch.split(/^diff --git /m).slice(1)) checkFile(file);
    }
  }

  function checkFile(diff: string): void {
    const name = /^a\/(.*) b\//.exec(diff)?.[1] ?? '';
    const body = diff.slice(diff.indexOf('@@'));
    const lines = body.split('\n').filter((line) => /^[+-]/.test(line));
    if (name.includes('.people-')) return;
    law(name !== TRADE, `a record of money was edited: ${diff}`);
    law(!/^[+-](?:<{7}|>{7})/m.test(body), `a conflict's marks landed: ${diff}`);
    if (changedByHand.has(name) || (hasCommitted && !name.startsWith('agents/'))) return;
    for (const line of lines) law(/^\+typed-\d+$/.test(line), `landed though nobody typed it, ${line} in ${diff}`);
  }

  function law(holds: boolean, message: string): void {
    if (!holds) throw new Error(`${message}\nwarnings:\n${warnings.join('\n')}`);
  }

  /** Lets the host do something: what the folder's files have of what was typed is there afterwards too, or waits, or has landed. */
  async function hostDoes(act: () => Promise<unknown>): Promise<void> {
    const before = new Set([...(await typedInFolder()), ...waiting()]);
    await act();
    await checkLanded();
    const after = await typedInFolder();
    const queued = waiting();
    for (const line of before) {
      law(after.has(line) || queued.has(line) || landedLines.has(line), `${line} was lost`);
    }
  }

  async function push(): Promise<void> {
    if (host.replica.mustFetch()) await host.replica.fetch();
    while (host.spool.pending().length > 0) {
      if ((await host.replica.drain()) !== 'pushed') await host.replica.fetch();
    }
  }

  const scan = async () => host.edits.add(await host.workTree.scan(host.replica.head()));
  const update = () => host.workTree.update(host.replica.head(), host.replica.tree());

  async function write(author: string, ...operations: readonly VaultOperation[]): Promise<void> {
    await host.spool.add(aWrite(author, ...operations), host.replica.head(), Math.floor(Date.now() / 1000));
  }

  async function isInStep(): Promise<boolean> {
    const status = await git(root, 'status', '--porcelain', '--branch');
    return (
      host.spool.pending().length === 0 &&
      status.split('\n').length === 1 &&
      host.workTree.head() === host.replica.head()
    );
  }

  async function take(step: Step): Promise<void> {
    switch (step.do) {
      case 'type': {
        const file = path.join(root, step.file);
        const text = await readFile(file, 'utf8').catch(() => '');
        // Nobody types into what git has not merged.
        if (text.includes('<<<<<<<')) return;
        (shownTexts.get(step.file) ?? shownTexts.set(step.file, []).get(step.file))?.push(text);
        await mkdir(path.dirname(file), { recursive: true });
        return writeFile(file, `${text}typed-${++typedLines}\n`);
      }
      case 'set back': {
        const text = shownTexts.get(step.file)?.at(-1);
        if (text === undefined) return;
        changedByHand.add(step.file);
        return writeFile(path.join(root, step.file), text).catch(() => undefined);
      }
      case 'remove':
        changedByHand.add(step.file);
        return rm(path.join(root, step.file), { force: true });
      case 'git': {
        // What such a command takes out of people's pages, the person took out.
        if (/^(?:revert|commit|merge|rebase|cherry-pick)$/.test(step.args[0] ?? '')) hasCommitted = true;
        return void (await personsGit(...step.args));
      }
      case 'agent writes': {
        const author = step.file.split('/')[1] ?? '';
        const text = `beat ${Math.random()}\n`;
        if (step.how === 'delete') return write(author, remove(step.file));
        return write(author, step.how === 'append' ? append(step.file, text) : put(step.file, `# again\n\n${text}`));
      }
      case 'scan':
        return hostDoes(scan);
      case 'push':
        return hostDoes(push);
      case 'update':
        return hostDoes(update);
      case 'restart':
        return hostDoes(async () => {
          host.blobs.close();
          host = await openHost();
        });
      default:
        return step satisfies never;
    }
  }

  return {
    take,
    finish: async () => {
      for (const operation of ['merge', 'rebase', 'cherry-pick', 'revert']) await personsGit(operation, '--abort');
      if (!(await personsGit('checkout', 'main'))) await personsGit('checkout', '--force', 'main');
      if ((await git(root, 'ls-files', '--unmerged')) !== '') await personsGit('reset', '--hard');
      for (let round = 0; round < 12 && !(round > 1 && (await isInStep())); round++) {
        for (const act of [scan, push, update]) await hostDoes(act);
      }
      const head = await git(remote, 'rev-parse', 'main');
      const status = await git(root, 'status', '--porcelain', '--branch');
      law(status.split('\n').length === 1, `the folder differs from the head: ${status}`);
      law((await git(root, 'rev-parse', 'HEAD')) === head, `the folder is not at the head: ${status}`);
    },
    close: async () => {
      host.blobs.close();
      await removeFolder();
    },
  };
}

function typedIn(text: string): readonly string[] {
  return [...text.matchAll(/\btyped-\d+\b/g)].map(([line]) => line);
}
