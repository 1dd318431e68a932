import { type Address, domainSeparator, parseAbi, zeroAddress, zeroHash } from 'viem';
import { chainOfId } from '../../core/chains.ts';
import { SwarmError } from '../../core/errors.ts';
import { USDC_DECIMALS } from '../../core/money.ts';
import { type ChainClient, readingChain } from '../chain/chain-client.ts';
import type { ChainConfig } from '../chain/chain-config.ts';
import { hasCode } from '../chain/has-code.ts';
import { usdcDomain } from '../terms/domain.ts';
import { assessTransfers } from './assess-transfers.ts';

const usdc = parseAbi([
  'function decimals() view returns (uint8)',
  'function DOMAIN_SEPARATOR() view returns (bytes32)',
  'function authorizationState(address authorizer, bytes32 nonce) view returns (bool)',
]);

/**
 * Checks that a token is USDC as the market needs it: six decimals, EIP-3009, an EIP-712 domain with the configured name, and
 * payments that move exactly what they say. An escrow over another token would never be usable, or would owe more than it
 * holds. Where payments can't be simulated, only the USDC that this project knows on the chain is taken.
 * @throws SwarmError `contracts/wrong-token`, `contracts/unproven-token`, `market/chain-unreachable`
 */
export async function requireUsdc(client: ChainClient, { chainId, token }: ChainConfig): Promise<void> {
  const { address } = token;
  if (!(await hasCode(client, address))) throw wrong(address, 'there is no contract on this chain');
  const decimals = await ask(client, address, 'decimals', () =>
    client.readContract({ address, abi: usdc, functionName: 'decimals' }),
  );
  if (decimals !== USDC_DECIMALS) throw wrong(address, `it has ${decimals} decimals, not ${USDC_DECIMALS}`);
  await ask(client, address, 'authorizationState (EIP-3009)', () =>
    client.readContract({ address, abi: usdc, functionName: 'authorizationState', args: [zeroAddress, zeroHash] }),
  );
  const separator = await ask(client, address, 'DOMAIN_SEPARATOR', () =>
    client.readContract({ address, abi: usdc, functionName: 'DOMAIN_SEPARATOR' }),
  );
  const domain = usdcDomain(chainId, address, token.name);
  if (separator !== domainSeparator({ domain })) {
    throw wrong(address, `its EIP-712 domain is not "${token.name}", version 2: it would refuse every payment`);
  }
  const isKnown = chainOfId(chainId)?.network?.usdc.address === address.toLowerCase();
  const moves = await assessTransfers(client, domain);
  if (moves === 'refused')
    throw wrong(address, 'it refuses a payment by receiveWithAuthorization (EIP-3009); it may be paused');
  if (moves === 'unknown' && !isKnown) throw unproven(address);
}

/** Reads from the token, and tells a token without the function from a chain that doesn't answer. */
async function ask<Value>(
  client: ChainClient,
  token: Address,
  what: string,
  read: () => Promise<Value>,
): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    await readingChain(`${what} of the token`, () => client.getBlockNumber());
    if (error instanceof Error && error.name === 'ContractFunctionExecutionError')
      throw wrong(token, `it has no ${what}`);
    return await readingChain(`${what} of the token`, () => Promise.reject(error));
  }
}

function unproven(token: Address): SwarmError {
  return new SwarmError({
    code: 'contracts/unproven-token',
    disposition: 'stop',
    message: `It can't be told whether the token ${token} moves exactly what it is told`,
    next: 'Use an RPC that simulates calls (eth_simulateV1), or a token whose balances are stored as USDC’s are. Nothing was sent.',
  });
}

function wrong(token: Address, why: string): SwarmError {
  return new SwarmError({
    code: 'contracts/wrong-token',
    disposition: 'stop',
    message: `The token ${token} can't be used: ${why}`,
    next: 'Check token.address and token.name in the chain’s configuration. Nothing was sent.',
  });
}
