import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { zeroAddress } from 'viem';
import type { PeriodLength } from '../../core/archive-period.ts';
import type { Schedule } from '../../heartbeat/schedule.ts';
import { createMarketHost } from '../../market/market-host.ts';
import { createDirectoryReader } from '../../market/notes/wallet-directory.ts';
import { createGit } from '../../vault/git.ts';
import { readRepository } from '../../vault/read-repository.ts';
import { findDeployment } from '../container/container-deployment.ts';
import { noteKinds } from '../note-kinds.ts';
import { openSignatureFile } from '../signature-file.ts';
import { keepIn } from '../snapshot-file.ts';
import type { ArchiveParts } from './archive-once.ts';
import { archiveSettings } from './archive-settings.ts';
import { startArchiver } from './archiver.ts';

/** What the archive of a hub needs: its repository, a folder of its own, and where the chain is. */
export interface HubArchiveParts {
  readonly repository: string;
  readonly folder: string;
  readonly period: PeriodLength;
  readonly rpcUrl: string;
  readonly chain: Omit<Parameters<typeof findDeployment>[0], 'KK_RPC' | 'KK_STATE'>;
  readonly log: (line: string) => void;
}

/** Starts the archive of a hub's repository. It finds the chain when a period is over, so that the hub starts without one. */
export function startHubArchive({ repository, folder, period, rpcUrl, chain, log }: HubArchiveParts): Schedule {
  const settings = archiveSettings(period);
  let market: ReturnType<typeof openMarket> | undefined;

  async function openMarket() {
    await mkdir(folder, { recursive: true });
    const deployment = await findDeployment({ ...chain, KK_RPC: new URL(rpcUrl), KK_STATE: folder }, rpcUrl);
    const signers = await openSignatureFile(folder, log);
    const { index, domain, signatures } = createMarketHost(
      rpcUrl,
      deployment,
      keepIn(join(folder, 'escrow.json')),
      signers,
    );
    return { index, readWallets: createDirectoryReader(domain, signatures) };
  }

  async function opened(): Promise<Awaited<ReturnType<typeof openMarket>>> {
    market ??= openMarket();
    try {
      return await market;
    } catch (error) {
      market = undefined;
      throw error;
    }
  }

  const parts: ArchiveParts = {
    git: createGit(repository),
    readVault: () => readRepository(repository, { kinds: noteKinds }),
    readChain: async () => (await opened()).index.view(zeroAddress),
    readWallets: async (vault) => (await opened()).readWallets(vault),
    settings,
  };
  return startArchiver({ ...parts, settings, log, debug: log });
}
