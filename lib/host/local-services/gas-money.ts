import { z } from 'zod';
import { address } from '../../core/ids.ts';
import { readOwnJson } from '../../files/own-json.ts';
import { callRpc } from '../../local/evm/rpc.ts';

/** The accounts that get ETH on the embedded chain for gas, in a file that set-up writes for the chain. */
const gasAccounts = z.array(z.object({ address, wei: z.string().regex(/^[1-9]\d{0,30}$/) })).max(1000);
export type GasAccounts = z.infer<typeof gasAccounts>;

/**
 * Tops up the accounts in a file that have less than half of the balance it states. An absent file has no accounts yet.
 * Returns how many were topped up.
 * @throws SwarmError `local/bad-gas-accounts`
 */
export async function giveGasMoney(rpcUrl: string, file: string): Promise<number> {
  const accounts = await readOwnJson(file, gasAccounts, {
    code: 'local/bad-gas-accounts',
    next: 'Remove it and run the set-up again: it writes the file again.',
  });
  let given = 0;
  for (const { address: account, wei } of accounts ?? []) {
    const balance = z.string().parse(await callRpc(rpcUrl, 'eth_getBalance', [account, 'latest']));
    if (BigInt(balance) >= BigInt(wei) / 2n) continue;
    await callRpc(rpcUrl, 'anvil_setBalance', [account, `0x${BigInt(wei).toString(16)}`]);
    given += 1;
  }
  return given;
}
