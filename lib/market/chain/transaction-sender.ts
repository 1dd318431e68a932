import { type Hex, keccak256, type LocalAccount, type TransactionReceipt } from 'viem';
import { SwarmError } from '../../core/errors.ts';
import { type AccountState, readAccount, readCounts } from './account-state.ts';
import { type ChainClient, shortMessage } from './chain-client.ts';
import { type GasFees, offerFees, raiseFees, withinBalance } from './gas-fees.ts';
import { saysKnown, saysUnderpriced, wasAnswered } from './node-refusal.ts';
import {
  assessPending,
  type Call,
  isStuck,
  notePending,
  type PendingState,
  type PendingTransaction,
  type TransactionCounts,
} from './pending-transaction.ts';
import { createSerialQueue } from './serial-queue.ts';

/** How long to wait for a transaction's receipt. */
export interface ReceiptPolling {
  readonly timeoutMs: number;
  readonly intervalMs: number;
}

const POLLING: ReceiptPolling = { timeoutMs: 30_000, intervalMs: 100 };

/** Sends the transactions of one account on one chain. An account has only one sender: two would race for the same nonce. */
export interface TransactionSender {
  readonly account: LocalAccount;
  /**
   * Reads whether a transaction is pending, and notes when an unknown one was first seen.
   * @throws SwarmError `market/chain-unreachable`
   */
  readonly observe: () => Promise<PendingState>;
  /**
   * Sends a call and waits for its receipt. Never sends twice: while a transaction of the account is pending nothing else is
   * sent. After a timeout the outcome is unknown, not failed.
   *
   * An unknown transaction, which this sender did not send, is waited for too, until it is stuck. Then the call replaces it
   * under the same nonce, so that only one of the two is mined. The work of the unknown one may be sent again later although
   * it was mined, so every call must take effect only once however often it is sent. Trades depend on the escrow's state of
   * the key, a token transfer on its EIP-3009 nonce; ETH is only sent if nothing of the account is pending (`sendGas`).
   * @throws SwarmError `market/tx-pending` (read the chain again before anything else), `market/tx-refused` (the node
   * refused it), `market/gas-too-dear` and `market/chain-unreachable` (nothing was sent).
   */
  readonly send: (call: Call) => Promise<TransactionReceipt>;
  /**
   * Sends the stuck call again, under the same nonce with twice the fees, so that only one of the two can be mined. Does not
   * wait for it.
   * @returns the new transaction's hash, or undefined if no transaction of this sender is stuck.
   * @throws SwarmError `market/gas-too-dear`, `market/tx-refused`, `market/tx-pending`, `market/chain-unreachable`.
   */
  readonly replaceStuck: () => Promise<Hex | undefined>;
  /** The newest block that a receipt of this sender was from: an older look at the chain doesn't show what was done in it. */
  readonly lastMinedBlock: () => bigint | undefined;
}

/** Creates the sender of an account on the client's chain. It runs its calls one after another and remembers what it sent. */
export function createTransactionSender(options: {
  readonly client: ChainClient;
  readonly account: LocalAccount;
  readonly polling?: ReceiptPolling;
}): TransactionSender {
  const { client, account, polling = POLLING } = options;
  const { address } = account;
  const inTurn = createSerialQueue();
  let known: PendingTransaction | undefined;
  let lastMinedBlock: bigint | undefined;

  function judge(counts: TransactionCounts): PendingState {
    const nowMs = performance.now();
    known = notePending(known, counts, nowMs);
    return assessPending(known, counts, nowMs);
  }

  async function send(call: Call): Promise<TransactionReceipt> {
    const state = await readAccount(client, address);
    const pending = judge(state);
    if (pending === 'stuck') await replaceStuck();
    if (pending === 'stuck' || pending === 'waiting')
      throw outcomeUnknown(`${state.pending - state.mined} transaction(s) of ${address}`);
    const stuck = pending === 'unknown-stuck' ? known : undefined;
    const hash = await (stuck === undefined ? sendNext(call, state) : replace(call, stuck, state));
    const receipt = await pollReceipt(client, hash, polling);
    known = undefined;
    lastMinedBlock = receipt.blockNumber;
    return receipt;
  }

  async function replaceStuck(): Promise<Hex | undefined> {
    const stuck = known;
    if (stuck?.call === undefined || !isStuck(stuck, performance.now())) return undefined;
    const state = await readAccount(client, address);
    if (state.mined <= stuck.nonce) return await replace(stuck.call, stuck, state);
    known = undefined;
    return undefined;
  }

  async function sendNext(call: Call, { mined: nonce, balanceWei, prices, chainId }: AccountState): Promise<Hex> {
    const asked = offerFees(prices, chainId, call.isUrgent === true);
    const fees = withinBalance(asked, call.gas, balanceWei - (call.valueWei ?? 0n));
    return await submit({ call, chainId, nonce, fees }, fees);
  }

  /** Replaces the stuck transaction by a call. All other calls of the account wait for it, so it is always urgent. */
  async function replace(
    call: Call,
    { nonce, fees: offered }: PendingTransaction,
    { balanceWei, prices, chainId }: AccountState,
  ): Promise<Hex> {
    const asked = offerFees(prices, chainId, true);
    const before = offered ?? asked;
    const fees = raiseFees(before, asked, chainId, call.gas, balanceWei - (call.valueWei ?? 0n));
    return await submit({ call, chainId, nonce, fees }, before);
  }

  /**
   * Signs and sends a transaction, remembers it as pending and returns its hash, which is known before the node answers.
   * @param base the fees from which the next raise starts if it is unknown whether the node received this transaction: raises
   * that never arrive must not reach the ceiling. If it did receive it, it calls the next one underpriced, and then the raise
   * starts from there.
   */
  async function submit(transaction: Unsigned, base: GasFees): Promise<Hex> {
    const { call, nonce, fees } = transaction;
    const serializedTransaction = await sign(account, transaction);
    const hash = keccak256(serializedTransaction);
    const before = known;
    const sent = { nonce, call, fees, sinceMs: performance.now() };
    known = sent;
    try {
      await client.sendRawTransaction({ serializedTransaction });
    } catch (error) {
      // If the answer got lost and the request was repeated, the node refuses a transaction that it already has or has mined.
      if (!wasAnswered(error)) {
        known = { ...sent, fees: base };
        throw outcomeUnknown(`Transaction ${hash}`);
      }
      if (saysKnown(error) || (await isKnown(client, hash))) return hash;
      known = before !== undefined && saysUnderpriced(error) ? { ...before, fees } : before;
      throw refused(hash, error);
    }
    return hash;
  }

  return {
    account,
    observe: async () => judge(await readCounts(client, address)),
    send: (call) => inTurn(() => send(call)),
    replaceStuck: () => inTurn(replaceStuck),
    lastMinedBlock: () => lastMinedBlock,
  };
}

/** A call with all fields of its transaction. */
interface Unsigned {
  readonly call: Call;
  readonly chainId: number;
  readonly nonce: number;
  readonly fees: GasFees;
}

function sign(account: LocalAccount, { call, chainId, nonce, fees }: Unsigned): Promise<Hex> {
  return account.signTransaction({
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
}

async function isKnown(client: ChainClient, hash: Hex): Promise<boolean> {
  return await client.getTransaction({ hash }).then(
    () => true,
    () => false,
  );
}

async function pollReceipt(client: ChainClient, hash: Hex, polling: ReceiptPolling): Promise<TransactionReceipt> {
  const deadline = Date.now() + polling.timeoutMs;
  while (Date.now() < deadline) {
    // A missing receipt and a failing node look the same here; in both cases ask again.
    const receipt = await client.getTransactionReceipt({ hash }).catch(() => undefined);
    if (receipt !== undefined) return receipt;
    await new Promise((resolve) => setTimeout(resolve, polling.intervalMs));
  }
  throw outcomeUnknown(`Transaction ${hash}`);
}

function refused(hash: Hex, error: unknown): SwarmError {
  return new SwarmError({
    code: 'market/tx-refused',
    disposition: 'wait',
    message: `The node refused transaction ${hash}: ${shortMessage(error)}`,
    next: 'Check that the account has ETH for gas. The next beat reads the chain again and decides anew.',
  });
}

function outcomeUnknown(what: string): SwarmError {
  return new SwarmError({
    code: 'market/tx-pending',
    disposition: 'wait',
    message: `${what} sent and not seen mined yet`,
    next: 'Nothing else is sent. The next beat reads the chain and continues from there.',
  });
}
