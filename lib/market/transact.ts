import { type Address, type Hex, keccak256, type LocalAccount, type TransactionReceipt } from 'viem';
import { SwarmError } from '../core/errors.ts';
import { type ChainClient, readingChain, shortMessage } from './chain-client.ts';
import { type GasFees, offerFees, raiseFees, readGasPrices, withinBalance } from './gas-fees.ts';

/** How long a transaction is waited for. */
export interface ReceiptPolling {
  readonly timeoutMs: number;
  readonly intervalMs: number;
}

const POLLING: ReceiptPolling = { timeoutMs: 30_000, intervalMs: 100 };

/** A transaction that was not mined within this hangs, in ms: some hundred blocks of Base. */
const HANGS_AFTER_MS = 180_000;

/** A call to be sent. `gas` is a limit that is chosen, not estimated: an estimate would show the call to the node. */
export interface Call {
  /** Absent for a deployment. */
  readonly to?: Address;
  readonly data: Hex;
  /** ETH that goes along; none if absent. */
  readonly valueWei?: bigint;
  readonly gas: bigint;
  /** Whether waiting for cheaper gas loses money. */
  readonly isUrgent?: boolean;
}

/** A call that went out and was not seen mined. */
interface Sent {
  readonly call: Call;
  readonly chainId: number;
  readonly nonce: number;
  readonly fees: GasFees;
  /** By `performance.now()`. */
  readonly sentAt: number;
}

/** What each account has sent last through a client, so that it can be sent again and nothing else in its place. */
const unresolved = new WeakMap<ChainClient, Map<string, Sent>>();

/**
 * Sends a call from an account and waits for its receipt. Never sends twice: while a transaction of the account is in
 * flight nothing else is sent, and a timeout says that the outcome is not known, not that it failed.
 * @throws SwarmError `market/tx-pending` (look at the chain again before anything else), `market/tx-refused` (the node
 * didn't take it), `market/gas-too-dear` and `market/chain-unreachable` (before anything was sent).
 */
export async function transact(
  client: ChainClient,
  account: LocalAccount,
  call: Call,
  polling: ReceiptPolling = POLLING,
): Promise<TransactionReceipt> {
  const { address } = account;
  const [mined, nonce, balance, prices, chainId] = await readingChain('the account’s nonce and balance', () =>
    Promise.all([
      client.getTransactionCount({ address, blockTag: 'latest' }),
      client.getTransactionCount({ address, blockTag: 'pending' }),
      client.getBalance({ address }),
      readGasPrices(client),
      client.chain === undefined ? client.getChainId() : client.chain.id,
    ]),
  );
  if (nonce !== mined) {
    await hasten(client, account);
    throw pending(`${nonce - mined} transaction(s) of ${address}`);
  }
  const asked = offerFees(prices, chainId, call.isUrgent === true);
  const fees = withinBalance(asked, call.gas, balance - (call.valueWei ?? 0n));
  const hash = await send(client, account, { call, chainId, nonce, fees, sentAt: performance.now() });
  const receipt = await pollReceipt(client, hash, polling);
  sentBy(client).delete(keyOf(address));
  return receipt;
}

/** Whether a transaction that this process sent for an account hangs. Says nothing of what an earlier process sent. */
export function hangs(client: ChainClient, address: Address, afterMs = HANGS_AFTER_MS): boolean {
  const sent = sentBy(client).get(keyOf(address));
  return sent !== undefined && performance.now() - sent.sentAt >= afterMs;
}

/**
 * Sends the very call that hangs once more, under its own number and with twice the fees: only one of the two can ever be
 * mined. Does not wait for it.
 * @returns the new transaction's hash, or undefined where nothing hangs.
 * @throws SwarmError `market/gas-too-dear`, `market/tx-refused`, `market/tx-pending`, `market/chain-unreachable`.
 */
export async function hasten(
  client: ChainClient,
  account: LocalAccount,
  afterMs = HANGS_AFTER_MS,
): Promise<Hex | undefined> {
  const { address } = account;
  const before = sentBy(client).get(keyOf(address));
  if (before === undefined || !hangs(client, address, afterMs)) return undefined;
  const [mined, prices] = await readingChain('the account’s nonce', () =>
    Promise.all([client.getTransactionCount({ address, blockTag: 'latest' }), readGasPrices(client)]),
  );
  if (mined > before.nonce) {
    sentBy(client).delete(keyOf(address));
    return undefined;
  }
  const { call, chainId } = before;
  const isUrgent = call.isUrgent === true;
  const fees = raiseFees(before.fees, offerFees(prices, chainId, isUrgent), chainId, isUrgent);
  return await send(client, account, { ...before, fees, sentAt: performance.now() });
}

function sentBy(client: ChainClient): Map<string, Sent> {
  const known = unresolved.get(client) ?? new Map<string, Sent>();
  unresolved.set(client, known);
  return known;
}

function keyOf(address: Address): string {
  return address.toLowerCase();
}

/** Signs and sends; remembers what may be on its way. Gives the hash, which is known before the node says anything. */
async function send(client: ChainClient, account: LocalAccount, sent: Sent): Promise<Hex> {
  const { call, chainId, nonce, fees } = sent;
  const serializedTransaction = await account.signTransaction({
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
  const hash = keccak256(serializedTransaction);
  const mine = sentBy(client);
  const before = mine.get(keyOf(account.address));
  mine.set(keyOf(account.address), sent);
  try {
    await client.sendRawTransaction({ serializedTransaction });
  } catch (error) {
    // An answer that was lost and asked for again looks like a refusal: the node has the transaction, or has mined it.
    if (!wasAnswered(error)) throw pending(`Transaction ${hash}`);
    if (saysKnown(error) || (await isKnown(client, hash))) return hash;
    if (before === undefined) mine.delete(keyOf(account.address));
    else mine.set(keyOf(account.address), before);
    throw refused(hash, error);
  }
  return hash;
}

/** Whether a node says that it has a transaction already, or has mined one of its number: perhaps this very one. */
function saysKnown(error: unknown): boolean {
  const text = error instanceof Error ? error.message.toLowerCase() : '';
  return ['already known', 'already imported', 'nonce too low', 'oldnonce'].some((words) => text.includes(words));
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
  throw pending(`Transaction ${hash}`);
}

function refused(hash: Hex, error: unknown): SwarmError {
  return new SwarmError({
    code: 'market/tx-refused',
    disposition: 'wait',
    message: `The node refused transaction ${hash}: ${shortMessage(error)}`,
    next: 'Check that the account has gas money. The next beat looks at the chain again and decides anew.',
  });
}

function pending(what: string): SwarmError {
  return new SwarmError({
    code: 'market/tx-pending',
    disposition: 'wait',
    message: `${what} sent and not seen mined yet`,
    next: 'Nothing else is sent. The next beat reads the chain and goes on from there.',
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
