import { type Address, type Hex, keccak256, type LocalAccount, type TransactionReceipt } from 'viem';
import { SwarmError } from '../core/errors.ts';
import { type ChainClient, readingChain, shortMessage } from './chain-client.ts';

/** How long a transaction is waited for. */
export interface ReceiptPolling {
  readonly timeoutMs: number;
  readonly intervalMs: number;
}

const POLLING: ReceiptPolling = { timeoutMs: 30_000, intervalMs: 100 };

/** A call to be sent. `gas` is a limit that is chosen, not estimated: an estimate would show the call to the node. */
export interface Call {
  /** Absent for a deployment. */
  readonly to?: Address;
  readonly data: Hex;
  /** ETH that goes along; none if absent. */
  readonly valueWei?: bigint;
  readonly gas: bigint;
}

/**
 * Sends a call from an account and waits for its receipt. Never sends twice: while a transaction of the account is in
 * flight nothing more is sent, and a timeout says that the outcome is not known, not that it failed.
 * @throws SwarmError `market/tx-pending` (look at the chain again before anything else), `market/tx-refused` (the node
 * didn't take it), `market/chain-unreachable` (before anything was sent).
 */
export async function transact(
  client: ChainClient,
  account: LocalAccount,
  call: Call,
  polling: ReceiptPolling = POLLING,
): Promise<TransactionReceipt> {
  const { address } = account;
  const [mined, nonce, fees, chainId] = await readingChain('the account’s nonce and the fees', () =>
    Promise.all([
      client.getTransactionCount({ address, blockTag: 'latest' }),
      client.getTransactionCount({ address, blockTag: 'pending' }),
      client.estimateFeesPerGas(),
      client.chain === undefined ? client.getChainId() : client.chain.id,
    ]),
  );
  if (nonce !== mined) throw pending(`${nonce - mined} transaction(s) of ${address}`);
  const serialized = await account.signTransaction({
    type: 'eip1559',
    chainId,
    nonce,
    gas: call.gas,
    data: call.data,
    value: call.valueWei ?? 0n,
    maxFeePerGas: fees.maxFeePerGas,
    maxPriorityFeePerGas: fees.maxPriorityFeePerGas,
    ...(call.to === undefined ? {} : { to: call.to }),
  });
  const hash = keccak256(serialized);
  await send(client, serialized, hash);
  return await pollReceipt(client, hash, polling);
}

async function send(client: ChainClient, serialized: Hex, hash: Hex): Promise<void> {
  try {
    await client.sendRawTransaction({ serializedTransaction: serialized });
  } catch (error) {
    const text = error instanceof Error ? error.message.toLowerCase() : '';
    if (text.includes('already known') || text.includes('already imported')) return;
    // The node answered and refused; anything else leaves open whether it got there.
    if (!wasAnswered(error)) throw pending(`Transaction ${hash}`);
    throw new SwarmError({
      code: 'market/tx-refused',
      disposition: 'wait',
      message: `The node refused transaction ${hash}: ${shortMessage(error)}`,
      next: 'Check that the account has gas money. The next beat looks at the chain again and decides anew.',
    });
  }
}

async function pollReceipt(client: ChainClient, hash: Hex, polling: ReceiptPolling): Promise<TransactionReceipt> {
  const deadline = Date.now() + polling.timeoutMs;
  while (Date.now() < deadline) {
    // A receipt that isn't there yet and a node that hiccups look alike here, and both mean: ask again.
    const receipt = await client.getTransactionReceipt({ hash }).catch(() => undefined);
    if (receipt !== undefined) return receipt;
    await new Promise((resolve) => setTimeout(resolve, polling.intervalMs));
  }
  throw pending(`Transaction ${hash}`);
}

function pending(what: string): SwarmError {
  return new SwarmError({
    code: 'market/tx-pending',
    disposition: 'wait',
    message: `${what} sent and not seen mined yet`,
    next: 'Nothing is sent again. The next beat reads the chain and goes on from there.',
  });
}

/** Whether the node itself answered with an error, as opposed to no answer at all. */
function wasAnswered(error: unknown): boolean {
  let cause: unknown = error;
  for (let depth = 0; depth < 8 && cause instanceof Error; depth += 1) {
    if (cause.name === 'RpcRequestError') return true;
    cause = cause.cause;
  }
  return false;
}
