import { type Hex, keccak256, type LocalAccount, type TransactionReceipt } from 'viem';
import { SwarmError } from '../../core/errors.ts';
import { type AccountState, readAccount, readCounts } from './account-state.ts';
import { type ChainClient, shortMessage } from './chain-client.ts';
import { type GasFees, offerFees, raiseFees, withinBalance } from './gas-fees.ts';
import { createTurns } from './in-turn.ts';
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

/** How long a transaction is waited for. */
export interface ReceiptPolling {
  readonly timeoutMs: number;
  readonly intervalMs: number;
}

const POLLING: ReceiptPolling = { timeoutMs: 30_000, intervalMs: 100 };

/** One account's way to one chain. An account has one sender there: two would race for the same nonce. */
export interface TransactionSender {
  readonly account: LocalAccount;
  /**
   * Asks the node what is pending, and notes since when an unknown transaction is.
   * @throws SwarmError `market/chain-unreachable`
   */
  readonly observe: () => Promise<PendingState>;
  /**
   * Sends a call and waits for its receipt. Never sends twice: while a transaction of the account is pending nothing else is
   * sent, and a timeout says that the outcome is not known, not that it failed.
   *
   * An unknown transaction, which this sender did not send, is waited for too until it is stuck; then the call replaces it
   * under the same nonce, so that only one of the two is ever mined. What the unknown one was to do may be sent again later,
   * and it may be mined after all: so every call must be one that does its work once however often it is sent. What trades
   * send depends on the state of the escrow's key, a transfer of the token on its EIP-3009 nonce; a transfer of ETH is only
   * sent where nothing of the account is pending (`sendGas`).
   * @throws SwarmError `market/tx-pending` (look at the chain again before anything else), `market/tx-refused` (the node
   * didn't take it), `market/gas-too-dear` and `market/chain-unreachable` (before anything was sent).
   */
  readonly send: (call: Call) => Promise<TransactionReceipt>;
  /**
   * Sends the very call that is stuck once more, under its own nonce and with twice the fees: only one of the two can ever be
   * mined. Does not wait for it.
   * @returns the new transaction's hash, or undefined where nothing is stuck that this sender has sent.
   * @throws SwarmError `market/gas-too-dear`, `market/tx-refused`, `market/tx-pending`, `market/chain-unreachable`.
   */
  readonly replaceStuck: () => Promise<Hex | undefined>;
  /** The newest block that a receipt of this sender was from: an older look at the chain doesn't show what was done in it. */
  readonly lastMinedBlock: () => bigint | undefined;
}

/** Creates the sender of an account on the client's chain. It runs one thing after another and remembers what it has sent. */
export function createTransactionSender(options: {
  readonly client: ChainClient;
  readonly account: LocalAccount;
  readonly polling?: ReceiptPolling;
}): TransactionSender {
  const { client, account, polling = POLLING } = options;
  const { address } = account;
  const inTurn = createTurns();
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
      throw outcomeOpen(`${state.pending - state.mined} transaction(s) of ${address}`);
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

  /** Sends a call in the place of what is stuck. All that the account has to do waits behind it, so it is urgent in any case. */
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
   * Signs and sends; remembers what may be on its way. Gives the hash, which is known before the node says anything.
   * @param base what a raise starts from if it remains open whether the node got this one: raises that never arrive must not
   * use up the ceiling. If it did get it, it says of the next one that it is underpriced, and that is then started from.
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
      // An answer that was lost and asked for again looks like a refusal: the node has the transaction, or has mined it.
      if (!wasAnswered(error)) {
        known = { ...sent, fees: base };
        throw outcomeOpen(`Transaction ${hash}`);
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

/** A call with all that its transaction says. */
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
    // A receipt that isn't there yet and a node that hiccups look alike here, and both mean: ask again.
    const receipt = await client.getTransactionReceipt({ hash }).catch(() => undefined);
    if (receipt !== undefined) return receipt;
    await new Promise((resolve) => setTimeout(resolve, polling.intervalMs));
  }
  throw outcomeOpen(`Transaction ${hash}`);
}

function refused(hash: Hex, error: unknown): SwarmError {
  return new SwarmError({
    code: 'market/tx-refused',
    disposition: 'wait',
    message: `The node refused transaction ${hash}: ${shortMessage(error)}`,
    next: 'Check that the account has gas money. The next beat looks at the chain again and decides anew.',
  });
}

function outcomeOpen(what: string): SwarmError {
  return new SwarmError({
    code: 'market/tx-pending',
    disposition: 'wait',
    message: `${what} sent and not seen mined yet`,
    next: 'Nothing else is sent. The next beat reads the chain and goes on from there.',
  });
}
