import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { address } from '../../core/ids.ts';
import { callRpc } from '../../local/evm/rpc.ts';

/** Who gets the embedded chain's coin, so that they can send transactions: what set-up tells the chain. */
const gasAccounts = z.array(z.object({ address, wei: z.string().regex(/^[1-9]\d{0,30}$/) })).max(1000);
export type GasAccounts = z.infer<typeof gasAccounts>;

/**
 * Tops the accounts that a file names up to what it names, where they have less than half of it. An absent file names
 * nobody yet. Gives how many were topped up.
 */
export async function giveGasMoney(rpcUrl: string, file: string): Promise<number> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '[]';
    throw error;
  });
  let given = 0;
  for (const { address: account, wei } of gasAccounts.parse(JSON.parse(text))) {
    const balance = z.string().parse(await callRpc(rpcUrl, 'eth_getBalance', [account, 'latest']));
    if (BigInt(balance) >= BigInt(wei) / 2n) continue;
    await callRpc(rpcUrl, 'anvil_setBalance', [account, `0x${BigInt(wei).toString(16)}`]);
    given += 1;
  }
  return given;
}
