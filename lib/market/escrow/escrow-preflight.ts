import { type Address, BaseError, decodeFunctionResult, type Hex } from 'viem';
import { type ChainClient, readingChain } from '../chain/chain-client.ts';
import { escrowAbi } from '../contracts/escrow-abi.ts';
import { encodeOpen, type Opening } from './escrow-calls.ts';
import { describeError } from './escrow-receipt.ts';

/** The calls that pay out and return how many items they did. None of them contains a key. */
export type ExitName = 'confirmMany' | 'settleMany' | 'refundMany';

/**
 * Simulates an opening and says why it would fail; undefined if it would not. The node sees the buyer's authorization, which
 * only the seller can use, but no key.
 */
export async function explainOpening(
  client: ChainClient,
  escrow: Address,
  seller: Address,
  opening: Opening,
): Promise<string | undefined> {
  return readingChain('whether a trade can be opened', async () => {
    try {
      await client.call({ account: seller, to: escrow, data: encodeOpen(opening) });
      return undefined;
    } catch (error) {
      const data = revertData(error);
      if (data === undefined) throw error;
      return describeError(data);
    }
  });
}

/** Simulates a batch and returns how many of its items would succeed. */
export async function countDoable(
  client: ChainClient,
  escrow: Address,
  account: Address,
  name: ExitName,
  data: Hex,
): Promise<bigint> {
  return readingChain(`what ${name} would do`, async () => {
    const result = await client.call({ account, to: escrow, data });
    if (result.data === undefined) return 0n;
    return decodeFunctionResult({ abi: escrowAbi, functionName: name, data: result.data });
  });
}

/** Finds the contract's error in what viem throws; undefined if the call never reached a contract. */
export function revertData(error: unknown): Hex | undefined {
  if (!(error instanceof BaseError)) return undefined;
  let found: Hex | undefined;
  error.walk((cause) => {
    const data = typeof cause === 'object' && cause !== null && 'data' in cause ? cause.data : undefined;
    if (typeof data !== 'string' || !/^0x[0-9a-f]{8,}$/i.test(data)) return false;
    found = data as Hex;
    return true;
  });
  return found;
}
