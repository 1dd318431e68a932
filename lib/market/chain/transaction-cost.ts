import { type Address, formatEther, type Hex, parseAbi, serializeTransaction } from 'viem';
import { type ChainClient, readingChain } from './chain-client.ts';
import { offerFees, readGasPrices } from './gas-fees.ts';

/** The contract that tells the Ethereum data fee of a transaction on chains of the OP stack. */
const GAS_PRICE_ORACLE: Address = '0x420000000000000000000000000000000000000f';
const oracle = parseAbi(['function getL1Fee(bytes data) view returns (uint256)']);

/** What a transaction costs, in wei. `gas` is the limit to send it with. */
export interface TransactionCost {
  readonly gas: bigint;
  readonly gasPriceWei: bigint;
  /** At current prices, including the Ethereum data fee. */
  readonly expectedWei: bigint;
  /** The most that it can cost, which the account must hold. */
  readonly mostWei: bigint;
}

/**
 * Estimates what a call costs now. The node sees the call, so it must not contain a secret.
 * @throws SwarmError `market/chain-unreachable`, `market/gas-too-dear`.
 */
export async function estimateCost(
  client: ChainClient,
  from: Address,
  call: { readonly to: Address; readonly data: Hex; readonly valueWei?: bigint },
): Promise<TransactionCost> {
  const { to, data, valueWei: value = 0n } = call;
  return await readingChain('what a transaction costs', async () => {
    const [estimate, prices, oracleCode] = await Promise.all([
      client.estimateGas({ account: from, to, data, value }),
      readGasPrices(client),
      client.getCode({ address: GAS_PRICE_ORACLE }),
    ]);
    const chainId = client.chain?.id ?? 0;
    const { nowPerGas: gasPriceWei, ...fees } = offerFees(prices, chainId, false);
    const gas = (estimate * 115n) / 100n;
    const unsigned = serializeTransaction({
      type: 'eip1559',
      chainId,
      to,
      data,
      value,
      gas,
      ...fees,
    });
    const l1Wei =
      oracleCode === undefined
        ? 0n
        : await client.readContract({
            address: GAS_PRICE_ORACLE,
            abi: oracle,
            functionName: 'getL1Fee',
            args: [unsigned],
          });
    return {
      gas,
      gasPriceWei,
      expectedWei: estimate * gasPriceWei + l1Wei,
      // The Ethereum data fee can change until the transaction is mined.
      mostWei: gas * fees.maxFeePerGas + l1Wei * 2n,
    };
  });
}

/** Formats wei as ETH with at most 9 decimals, rounded up: `0.000004212 ETH`. */
export function formatEth(wei: bigint): string {
  const gwei = 1_000_000_000n;
  const rounded = ((wei + gwei - 1n) / gwei) * gwei;
  return `${formatEther(rounded)} ETH`;
}
