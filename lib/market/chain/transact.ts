import { type Address, type Hex, keccak256, type LocalAccount, type TransactionReceipt } from 'viem';
import { SwarmError } from '../../core/errors.ts';
import { type ChainClient, readingChain, shortMessage } from './chain-client.ts';
import { type GasFees, type GasPrices, offerFees, raiseFees, readGasPrices, withinBalance } from './gas-fees.ts';
import { type Call, isOld, noteFlight, rememberUnmined, type Unmined, unminedOf } from './in-flight.ts';

/** How long a transaction is waited for. */
export interface ReceiptPolling {
  readonly timeoutMs: number;
  readonly intervalMs: number;
}

const POLLING: ReceiptPolling = { timeoutMs: 30_000, intervalMs: 100 };

/** What a node tells of an account before something is sent. */
interface AccountState {
  /** How many transactions the node has mined, and how many it has with those that wait. */
  readonly mined: number;
  readonly pending: number;
  readonly balanceWei: bigint;
  readonly prices: GasPrices;
  readonly chainId: number;
}

/**
 * Sends a call from an account and waits for its receipt. Never sends twice: while a transaction of the account is in
 * flight nothing else is sent, and a timeout says that the outcome is not known, not that it failed.
 *
 * A stray, a transaction that this process doesn't know, is waited for too until it hangs; then the call takes its place,
 * under the same number, so that only one of the two is ever mined. What the stray was to do may be sent again later, and
 * the stray may be mined after all: so every call must be one that does its work once however often it is sent. What trades
 * send hangs on the state of the escrow's key, a transfer of the token on its EIP-3009 nonce; a transfer of ETH is only sent
 * where nothing of the account is in flight (`sendGas`).
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
  const state = await readState(client, address);
  const { mined, pending } = state;
  const flight = noteFlight(client, address, state);
  if (flight === 'hangs') await hasten(client, account);
  if (flight === 'hangs' || flight === 'waits') throw outcomeOpen(`${pending - mined} transaction(s) of ${address}`);
  const stray = flight === 'stray' ? unminedOf(client, address) : undefined;
  const hash = await (stray === undefined
    ? sendNext(client, account, call, state)
    : replace(client, account, call, stray, state));
  const receipt = await pollReceipt(client, hash, polling);
  rememberUnmined(client, address, undefined);
  return receipt;
}

/**
 * Sends the very call that hangs once more, under its own number and with twice the fees: only one of the two can ever be
 * mined. Does not wait for it.
 * @returns the new transaction's hash, or undefined where nothing hangs that this process has sent.
 * @throws SwarmError `market/gas-too-dear`, `market/tx-refused`, `market/tx-pending`, `market/chain-unreachable`.
 */
export async function hasten(client: ChainClient, account: LocalAccount): Promise<Hex | undefined> {
  const { address } = account;
  const before = unminedOf(client, address);
  if (before?.call === undefined || !isOld(before)) return undefined;
  const state = await readState(client, address);
  if (state.mined > before.nonce) {
    rememberUnmined(client, address, undefined);
    return undefined;
  }
  return await replace(client, account, before.call, before, state);
}

function readState(client: ChainClient, address: Address): Promise<AccountState> {
  return readingChain('the account’s nonce and balance', async () => {
    const [mined, pending, balanceWei, prices, chainId] = await Promise.all([
      client.getTransactionCount({ address, blockTag: 'latest' }),
      client.getTransactionCount({ address, blockTag: 'pending' }),
      client.getBalance({ address }),
      readGasPrices(client),
      client.chain === undefined ? client.getChainId() : client.chain.id,
    ]);
    return { mined, pending, balanceWei, prices, chainId };
  });
}

async function sendNext(
  client: ChainClient,
  account: LocalAccount,
  call: Call,
  { mined: nonce, balanceWei, prices, chainId }: AccountState,
): Promise<Hex> {
  const asked = offerFees(prices, chainId, call.isUrgent === true);
  const fees = withinBalance(asked, call.gas, balanceWei - (call.valueWei ?? 0n));
  return await send(client, account, { call, chainId, nonce, fees }, fees);
}

/** Sends a call in the place of what hangs. All that the account has to do waits behind it, so it is urgent in any case. */
async function replace(
  client: ChainClient,
  account: LocalAccount,
  call: Call,
  { nonce, fees: offered }: Unmined,
  { balanceWei, prices, chainId }: AccountState,
): Promise<Hex> {
  const asked = offerFees(prices, chainId, true);
  const before = offered ?? asked;
  const fees = raiseFees(before, asked, chainId, call.gas, balanceWei - (call.valueWei ?? 0n));
  return await send(client, account, { call, chainId, nonce, fees }, before);
}

/** A call with all that its transaction says. */
interface Sending {
  readonly call: Call;
  readonly chainId: number;
  readonly nonce: number;
  readonly fees: GasFees;
}

/**
 * Signs and sends; remembers what may be on its way. Gives the hash, which is known before the node says anything.
 * @param base what a raise starts from if it remains open whether the node got this one: raises that never arrive must not
 * use up the ceiling. If it did get it, it says of the next one that it is underpriced, and that is then started from.
 */
async function send(client: ChainClient, account: LocalAccount, sending: Sending, base: GasFees): Promise<Hex> {
  const { call, chainId, nonce, fees } = sending;
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
  const remember = (transaction: Unmined | undefined) => rememberUnmined(client, account.address, transaction);
  const before = unminedOf(client, account.address);
  const sent = { nonce, call, fees, since: performance.now() };
  remember(sent);
  try {
    await client.sendRawTransaction({ serializedTransaction });
  } catch (error) {
    // An answer that was lost and asked for again looks like a refusal: the node has the transaction, or has mined it.
    if (!wasAnswered(error)) {
      remember({ ...sent, fees: base });
      throw outcomeOpen(`Transaction ${hash}`);
    }
    if (saysKnown(error) || (await isKnown(client, hash))) return hash;
    remember(before !== undefined && saysUnderpriced(error) ? { ...before, fees } : before);
    throw refused(hash, error);
  }
  return hash;
}

/** Whether a node says that it has a transaction already, or has mined one of its number: perhaps this very one. */
function saysKnown(error: unknown): boolean {
  const text = error instanceof Error ? error.message.toLowerCase() : '';
  return ['already known', 'already imported', 'nonce too low', 'oldnonce'].some((words) => text.includes(words));
}

/** Whether a node says that a transaction offers too little to take the place of the one that it has. */
function saysUnderpriced(error: unknown): boolean {
  const text = error instanceof Error ? error.message.toLowerCase() : '';
  return ['underpriced', 'could not replace', 'replacementnotallowed'].some((words) => text.includes(words));
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

/** Whether the node itself answered with an error, as opposed to no answer at all. */
function wasAnswered(error: unknown): boolean {
  let cause: unknown = error;
  for (let depth = 0; depth < 8 && cause instanceof Error; depth += 1) {
    if (cause.name === 'RpcRequestError') return true;
    cause = cause.cause;
  }
  return false;
}
