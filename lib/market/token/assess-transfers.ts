import {
  type Address,
  decodeFunctionResult,
  encodeAbiParameters,
  encodeFunctionData,
  type Hex,
  keccak256,
  type LocalAccount,
  numberToHex,
  parseSignature,
  type StateOverride,
} from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { SwarmError } from '../../core/errors.ts';
import { type ChainClient, readingChain } from '../chain/chain-client.ts';
import { usdcAbi } from '../contracts/usdc-abi.ts';
import { receiveTypes } from '../terms/authorization.ts';
import type { SigningDomain } from '../terms/domain.ts';

/** Where a token keeps its mapping of balances: one of the first slots (Circle's USDC: 9), or OpenZeppelin's namespace of ERC-7201. */
const BALANCE_SLOTS: readonly Hex[] = [
  ...Array.from({ length: 32 }, (_, slot) => numberToHex(slot, { size: 32 })),
  '0x52c63247e1f47db19d5ce0460030c497f067ca4cebf71ba98eeadabe20bace00',
];

/** What is moved, in atomic units: the price of a report and of a profile, and 10,000 USDC, at which a fee of a billionth shows. */
const AMOUNTS = [1_000n, 50_000n, 10_000_000_000n] as const;

/** What the simulated payer has: enough for each. */
const ENDOWMENT = 10n ** 12n;

/**
 * Whether a token moves exactly what it is told, into an escrow and out of it: simulated on the chain's own state, with an
 * account that has money only there. An escrow over a token that keeps a share would owe more than it holds.
 * @returns `unknown` where the node can't simulate (`eth_simulateV1`) or the balances are at no slot that is known; `refused` where
 * the token takes no payment by `receiveWithAuthorization` now, as one that is paused.
 * @throws SwarmError `contracts/wrong-token` for a token that moves another amount, `market/chain-unreachable`.
 */
export async function assessTransfers(
  client: ChainClient,
  token: SigningDomain,
): Promise<'exact' | 'unknown' | 'refused'> {
  const { verifyingContract: address } = token;
  const payer = privateKeyToAccount(generatePrivateKey());
  const overrides = await simulating(client, () => findBalance(client, address, payer.address));
  if (overrides === undefined) return 'unknown';
  const escrow = privateKeyToAccount(generatePrivateKey()).address;
  const payee = privateKeyToAccount(generatePrivateKey()).address;
  for (const amount of AMOUNTS) {
    const pull = await encodePull(token, payer, escrow, amount);
    const results = await simulating(client, () =>
      simulate(client, overrides, [
        { from: escrow, to: address, data: pull },
        { from: escrow, to: address, data: encodeBalance(escrow) },
        { from: escrow, to: address, data: encodeTransfer(payee, amount) },
        { from: escrow, to: address, data: encodeBalance(escrow) },
        { from: escrow, to: address, data: encodeBalance(payee) },
      ]),
    );
    if (results === undefined) return 'unknown';
    const [pulled, held, , left, received] = results;
    if (pulled?.isDone !== true) return 'refused';
    const [moved, kept, given] = [balanceIn(held), balanceIn(left), balanceIn(received)];
    if (moved !== amount) throw inexact(address, `of ${amount} atomic units that are paid in, ${moved} arrive`);
    if (given !== amount || kept !== 0n) {
      throw inexact(address, `of ${amount} atomic units that are paid out, ${given} arrive and ${kept} stay`);
    }
  }
  return 'exact';
}

interface Call {
  readonly from: Address;
  readonly to: Address;
  readonly data: Hex;
}

interface Result {
  readonly isDone: boolean;
  readonly data: Hex;
}

async function simulate(
  client: ChainClient,
  stateOverrides: StateOverride,
  calls: readonly Call[],
): Promise<readonly Result[]> {
  const [block] = await client.simulateBlocks({ blocks: [{ calls: [...calls], stateOverrides }] });
  return (block?.calls ?? []).map(({ status, data }) => ({ isDone: status === 'success', data }));
}

/** Finds the slot at which an account's balance stands: all that are known are set to different amounts at once. */
async function findBalance(client: ChainClient, token: Address, owner: Address): Promise<StateOverride | undefined> {
  const slots = BALANCE_SLOTS.map((slot, index) => ({
    slot: keccak256(encodeAbiParameters([{ type: 'address' }, { type: 'bytes32' }], [owner, slot])),
    amount: ENDOWMENT + BigInt(index),
  }));
  const overridesOf = (chosen: typeof slots): StateOverride => [
    {
      address: token,
      stateDiff: chosen.map(({ slot, amount }) => ({ slot, value: numberToHex(amount, { size: 32 }) })),
    },
  ];
  const [all] = await simulate(client, overridesOf(slots), [{ from: owner, to: token, data: encodeBalance(owner) }]);
  const found = slots.find(({ amount }) => amount === balanceIn(all));
  return found === undefined ? undefined : overridesOf([found]);
}

async function encodePull(token: SigningDomain, payer: LocalAccount, to: Address, value: bigint): Promise<Hex> {
  const validBefore = 2n ** 48n;
  const nonce = generatePrivateKey();
  const signed = await payer.signTypedData({
    domain: token,
    types: receiveTypes,
    primaryType: 'ReceiveWithAuthorization',
    message: { from: payer.address, to, value, validAfter: 0n, validBefore, nonce },
  });
  const { r, s, yParity } = parseSignature(signed);
  return encodeFunctionData({
    abi: usdcAbi,
    functionName: 'receiveWithAuthorization',
    args: [payer.address, to, value, 0n, validBefore, nonce, 27 + yParity, r, s],
  });
}

function encodeBalance(account: Address): Hex {
  return encodeFunctionData({ abi: usdcAbi, functionName: 'balanceOf', args: [account] });
}

function encodeTransfer(to: Address, amount: bigint): Hex {
  return encodeFunctionData({ abi: usdcAbi, functionName: 'transfer', args: [to, amount] });
}

function balanceIn(result: Result | undefined): bigint | undefined {
  if (result?.isDone !== true || result.data.length !== 66) return undefined;
  return decodeFunctionResult({ abi: usdcAbi, functionName: 'balanceOf', data: result.data });
}

/** Runs a simulation; undefined where the node answers, but doesn't simulate. */
async function simulating<Value>(client: ChainClient, run: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await run();
  } catch {
    await readingChain('whether the token moves what it is told', () => client.getBlockNumber());
    return undefined;
  }
}

function inexact(token: Address, why: string): SwarmError {
  return new SwarmError({
    code: 'contracts/wrong-token',
    disposition: 'stop',
    message: `The token ${token} can't be used: ${why}. The escrow would owe more than it holds`,
    next: 'Trade with a token that moves exactly what it is told, such as Circle’s USDC. Nothing was sent.',
  });
}
