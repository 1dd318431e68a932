import { createPublicClient, custom, type Hex, keccak256, parseTransaction, RpcRequestError } from 'viem';
import type { ChainClient } from '../../lib/market/chain/chain-client.ts';

/** What a node keeps of a transaction that it has been sent. */
interface Held {
  readonly hash: Hex;
  readonly data: Hex | undefined;
  readonly value: bigint;
  readonly maxFeePerGas: bigint;
}

/** A node of one account that takes transactions, lets them take each other's place, and mines when it is told to. */
export class MempoolNode {
  mined = 0;
  balanceWei = 10n ** 18n;
  baseFeeWei = 10_000_000n;
  tipWei = 1_000_000n;
  /** What happens to transactions on their way: `lost` before the node got them, `unsaid` where its answer is. */
  way: 'open' | 'lost' | 'unsaid' = 'open';
  /** All that it took, oldest first. */
  readonly taken: Held[] = [];
  private readonly pool = new Map<number, Held>();
  private readonly receipts = new Map<Hex, unknown>();

  /** A connection, as a process makes one. */
  connect(): ChainClient {
    const request = async ({ method, params }: { method: string; params: readonly unknown[] }) =>
      this.answer(method, params);
    return createPublicClient({ transport: custom({ request }, { retryCount: 0 }) });
  }

  mine(): void {
    const held = this.pool.get(this.mined);
    if (held === undefined) throw new Error('nothing to mine');
    this.pool.delete(this.mined);
    this.receipts.set(held.hash, { transactionHash: held.hash, status: '0x1', blockNumber: '0x1', logs: [] });
    this.mined += 1;
  }

  private answer(method: string, params: readonly unknown[]): unknown {
    switch (method) {
      case 'eth_chainId':
        return hex(8453);
      case 'eth_getTransactionCount':
        return hex(this.mined + (params[1] === 'pending' ? this.pool.size : 0));
      case 'eth_getBalance':
        return hex(this.balanceWei);
      case 'eth_getBlockByNumber':
        return { number: '0x1', timestamp: '0x1', baseFeePerGas: hex(this.baseFeeWei), transactions: [] };
      case 'eth_maxPriorityFeePerGas':
        return hex(this.tipWei);
      case 'eth_getTransactionReceipt':
        return this.receipts.get(params[0] as Hex) ?? null;
      case 'eth_getTransactionByHash':
        return null;
      case 'eth_sendRawTransaction':
        return this.take(params[0] as Hex);
      default:
        throw new Error(`the node knows no ${method}`);
    }
  }

  private take(raw: Hex): Hex {
    if (this.way === 'lost') throw new Error('connection reset');
    const { nonce = 0, gas = 0n, value = 0n, maxFeePerGas = 0n, data } = parseTransaction(raw);
    const hash = keccak256(raw);
    const before = this.pool.get(nonce);
    if (before?.hash === hash) throw refusal('already known');
    if (before !== undefined && maxFeePerGas * 10n < before.maxFeePerGas * 11n)
      throw refusal('replacement transaction underpriced');
    if (gas * maxFeePerGas + value > this.balanceWei) throw refusal('insufficient funds for gas * price + value');
    const held = { hash, data, value, maxFeePerGas };
    this.pool.set(nonce, held);
    this.taken.push(held);
    if (this.way === 'unsaid') throw new Error('connection reset');
    return hash;
  }
}

function refusal(message: string): RpcRequestError {
  return new RpcRequestError({ body: {}, error: { code: -32_000, message }, url: 'a node' });
}

function hex(value: number | bigint): Hex {
  return `0x${value.toString(16)}`;
}
