import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type ArchiveParts, archiveOnce } from '../../lib/host/archive/archive-once.ts';
import { archivedFiles } from '../../lib/host/archive/read-archives.ts';
import { recordsOf, totalsOf } from '../../lib/host/machine/count-trades.ts';
import { noteKinds } from '../../lib/host/note-kinds.ts';
import { archivePath, archiveRef } from '../../lib/market/notes/archive-page.ts';
import { buyerTradeKind } from '../../lib/market/notes/buyer-trade-note.ts';
import { sellerTradeKind } from '../../lib/market/notes/seller-trade-note.ts';
import { tradePath } from '../../lib/market/notes/trade-note.ts';
import { MAIN } from '../../lib/vault/archive/move-to-archive.ts';
import { encodeNote } from '../../lib/vault/codec.ts';
import { createGit, type Git } from '../../lib/vault/git.ts';
import type { Vault } from '../../lib/vault/vault.ts';
import { type MadeTrade, makeTrade, SETTLED, TIMES, WALLETS } from '../support/archive-vault.ts';
import { git, makeFolder, makeRemote } from '../support/git.ts';
import { chainOf } from '../support/snapshot.ts';
import { BUYER, SELLER } from '../support/trade-notes.ts';
import { aWrite, openTestVault, put, until } from '../support/vault.ts';

const [folder, remove] = await makeFolder();
afterAll(remove);
const COUNT = 60;
/** The last day of the logs that are over, and one that isn't. */
const [OLD_LOG, NEW_LOG] = ['2027-01-14', '2027-01-15'].map(
  (day) => `agents/${BUYER}/log/2027-01/${day}-${BUYER}.md`,
) as [string, string];

async function world(name: string) {
  const home = path.join(folder, name);
  const remote = await makeRemote(home);
  const vault = await openTestVault(home, remote, 'host', { kinds: noteKinds });
  const trades = Array.from({ length: COUNT }, (_, seed) => makeTrade(seed, SETTLED));
  const open = makeTrade(COUNT, { ...SETTLED, chain: 'opened', buyerClosed: undefined, sellerClosed: undefined });
  await writeTrades(vault, [...trades, open]);
  const chain = chainOf(
    { blockTime: TIMES.now },
    [...trades, open].flatMap((trade) => trade.chain ?? []),
  );
  const parts = (repository: Git): ArchiveParts => ({
    git: repository,
    readVault: vault.read,
    readChain: async () => chain,
    readWallets: async () => WALLETS,
    settings: { period: TIMES.until / 10, graceSeconds: 60, leftAfterSeconds: TIMES.leftAfterSeconds },
  });
  const repository = createGit(remote);
  return { home, remote, vault, trades, open, chain, repository, archive: () => archiveOnce(parts(repository)), parts };
}

async function writeTrades(vault: Vault, trades: readonly MadeTrade[]): Promise<void> {
  const writes = [
    aWrite(
      BUYER,
      ...trades.flatMap(({ buyer }) => (buyer ? [put(pathOf(buyer), encodeNote(buyerTradeKind, buyer))] : [])),
    ),
    aWrite(
      SELLER,
      ...trades.flatMap(({ seller }) => (seller ? [put(pathOf(seller), encodeNote(sellerTradeKind, seller))] : [])),
    ),
    aWrite(BUYER, put(OLD_LOG, 'old'), put(NEW_LOG, 'new')),
  ];
  for (const write of writes) await vault.write(write);
  for (const write of writes) await vault.landed(write.id);
}

function pathOf(note: { readonly owner: string; readonly requestedAt: number; readonly id: `0x${string}` }): string {
  return tradePath(note.owner, note.requestedAt, note.id);
}

const periodOf = (result: { readonly period: string }) => result.period;

describe('the archive of a vault', () => {
  it('keeps what is folded, and the notes byte for byte beside main; people’s folder follows', async () => {
    const { home, remote, vault, trades, open, chain, repository, archive } = await world('folds');
    const before = totalsOf(recordsOf(await vault.read(), chain));
    const head = await git(remote, 'rev-parse', MAIN);
    const result = await archive();
    expect(result).toMatchObject({ result: 'archived', trades: COUNT, files: 2 * COUNT + 1 });
    const page = archivePath(periodOf(result));
    await until('the host has the index', async () => (await vault.read()).text(page) !== undefined);

    const index = await vault.read();
    expect(totalsOf(recordsOf(index, chain))).toEqual(before);
    expect(index.problems).toEqual([]);
    expect(index.notes(buyerTradeKind).map(({ data }) => data.id)).toEqual([open.id]);
    // One commit on main, and the same blobs in the archive.
    expect(await git(remote, 'rev-list', '--count', `${head}..${MAIN}`)).toBe('1');
    const blobs = new Map(
      (await git(remote, 'ls-tree', '-r', head)).split('\n').map((line) => {
        const [, , digest, file = ''] = line.split(/\s+/);
        return [file, digest] as const;
      }),
    );
    for (const { path: file, digest } of await archivedFiles(repository, periodOf(result))) {
      expect(blobs.get(file)).toBe(digest);
    }
    const opened = (file: string) => existsSync(path.join(home, 'host/vault', file));
    const first = trades[0]?.buyer;
    await until('the opened folder follows', () => first !== undefined && !opened(pathOf(first)) && opened(page));
    expect([opened(OLD_LOG), opened(NEW_LOG)]).toEqual([false, true]);
    expect(await archive()).toMatchObject({ result: 'done' });
    // What a person makes of the index is no edit, and is kept beside it.
    const shown = path.join(home, 'host/vault', page);
    await writeFile(shown, 'mine');
    await until('the index is put back', async () => (await readFile(shown, 'utf8')) !== 'mine');
    await until('the copy is pushed', async () =>
      (await git(remote, 'ls-tree', '-r', '--name-only', MAIN)).includes('.people-'),
    );
    expect(totalsOf(recordsOf(await vault.read(), chain))).toEqual(before);
    // A clone has the index and not the archive.
    await git(folder, 'clone', '--quiet', remote, path.join(home, 'clone'));
    expect(await git(path.join(home, 'clone'), 'for-each-ref')).not.toContain('archive');
    await vault.close();
  });

  it('goes on after a kill between the ref and main, and loses no write that comes meanwhile', async () => {
    const { remote, vault, trades, chain, repository, archive, parts } = await world('kill');
    const before = totalsOf(recordsOf(await vault.read(), chain));
    const killed: Git = {
      ...repository,
      run: async (args, options) => {
        if (args[0] === 'update-ref' && args[2] === MAIN) throw new Error('killed');
        return repository.run(args, options);
      },
    };
    await expect(archiveOnce(parts(killed))).rejects.toThrow('killed');
    const refs = await git(remote, 'for-each-ref', '--format=%(refname)', 'refs/archive');
    expect(refs.split('\n')).toHaveLength(1);
    expect(totalsOf(recordsOf(await vault.read(), chain))).toEqual(before);

    // A push between making the commit and moving main, and a late write of a note that moves.
    const meanwhile = aWrite(BUYER, put(`agents/${BUYER}/memory.md`, 'meanwhile'));
    let isWritten = false;
    const raced: Git = {
      ...repository,
      run: async (args, options) => {
        if (args[0] === 'update-ref' && args[2] === MAIN && !isWritten) {
          isWritten = true;
          await vault.write(meanwhile);
          await vault.landed(meanwhile.id);
        }
        return repository.run(args, options);
      },
    };
    const result = await archiveOnce(parts(raced));
    expect(result).toMatchObject({ result: 'archived', trades: COUNT });
    expect(archiveRef(periodOf(result))).toBe(refs);
    expect(await git(remote, 'show', `${MAIN}:agents/${BUYER}/memory.md`)).toBe('meanwhile');
    expect(await git(remote, 'rev-list', '--count', refs)).toBe('1');

    const late = trades[0]?.buyer;
    if (late === undefined) throw new Error('there is no trade');
    const back = aWrite(BUYER, put(pathOf(late), encodeNote(buyerTradeKind, { ...late, reason: 'late' })));
    await vault.write(back);
    await vault.landed(back.id);
    await until(
      'the host has the index',
      async () => (await vault.read()).text(archivePath(periodOf(result))) !== undefined,
    );
    expect(totalsOf(recordsOf(await vault.read(), chain))).toEqual(before);
    expect(await archive()).toMatchObject({ result: 'done' });
    await vault.close();
  });
});
