import { type Address, encodeDeployData, encodeFunctionData, getContractAddress, type Hex } from 'viem';
import { SwarmError } from '../../core/errors.ts';
import { type ContractArtifact, escrowArtifact, isCodeOf, testUsdcArtifact } from '../chain/artifact.ts';
import { type ChainClient, readingChain } from '../chain/chain-client.ts';
import type { TransactionSender } from '../chain/transaction-sender.ts';
import { escrowAbi } from '../contracts/escrow-abi.ts';
import { usdcAbi } from '../contracts/usdc-abi.ts';

/** How the escrow of a chain is set up. Both windows in seconds. */
export interface EscrowSettings {
  readonly minRevealWindow: number;
  readonly minDisputeWindow: number;
}

/** Where the market's contracts are. */
export interface MarketDeployment {
  readonly token: Address;
  readonly escrow: Address;
}

/**
 * Deploys the test token and the escrow, or finds them where it deployed them before: their addresses follow from the
 * deployer's address and its first two nonces, so that it can be killed at any point and run again. The account must
 * be used for nothing else before.
 * @throws SwarmError `market/wrong-deployment` when something else stands there.
 */
export async function deployMarket(
  client: ChainClient,
  deployer: TransactionSender,
  settings: EscrowSettings,
): Promise<MarketDeployment> {
  const token = await deployAt(client, deployer, 0n, testUsdcArtifact, testUsdcArtifact.bytecode);
  const args = [token, BigInt(settings.minRevealWindow), BigInt(settings.minDisputeWindow)] as const;
  const data = encodeDeployData({ abi: escrowAbi, bytecode: escrowArtifact.bytecode, args });
  const escrow = await deployAt(client, deployer, 1n, escrowArtifact, data);
  await verifyEscrow(client, escrow, token, settings);
  return { token, escrow };
}

/**
 * Makes sure that the escrow at an address is this project's, for this token and with these windows.
 * @throws SwarmError `market/wrong-deployment`
 */
export async function verifyEscrow(
  client: ChainClient,
  escrow: Address,
  token: Address,
  settings: EscrowSettings,
): Promise<void> {
  const contract = { address: escrow, abi: escrowAbi } as const;
  await verifyCode(client, escrow, escrowArtifact);
  const [heldToken, reveal, dispute] = await readingChain('the escrow’s settings', () =>
    Promise.all([
      client.readContract({ ...contract, functionName: 'TOKEN' }),
      client.readContract({ ...contract, functionName: 'MIN_REVEAL_WINDOW' }),
      client.readContract({ ...contract, functionName: 'MIN_DISPUTE_WINDOW' }),
    ]),
  );
  if (heldToken.toLowerCase() !== token.toLowerCase()) throw wrong(escrow, `it holds ${heldToken}, not ${token}`);
  if (reveal !== BigInt(settings.minRevealWindow) || dispute !== BigInt(settings.minDisputeWindow)) {
    const wanted = `${settings.minRevealWindow} s and ${settings.minDisputeWindow} s`;
    throw wrong(escrow, `its least windows are ${reveal} s and ${dispute} s, not ${wanted}`);
  }
}

/**
 * Makes test money. Only the deployer can.
 * @throws what `TransactionSender.send` throws, and SwarmError `market/mint-refused`.
 */
export async function mintTestUsdc(
  deployer: TransactionSender,
  token: Address,
  to: Address,
  amountAtomic: bigint,
): Promise<Hex> {
  const data = encodeFunctionData({ abi: usdcAbi, functionName: 'mint', args: [to, amountAtomic] });
  const receipt = await deployer.send({ to: token, data, gas: 200_000n });
  if (receipt.status === 'success') return receipt.transactionHash;
  throw new SwarmError({
    code: 'market/mint-refused',
    disposition: 'stop',
    message: `The token ${token} refused to mint for ${deployer.account.address}`,
    next: 'Only the account that deployed the test token can mint it.',
  });
}

async function deployAt(
  client: ChainClient,
  { account, send }: TransactionSender,
  nonce: bigint,
  artifact: ContractArtifact,
  data: Hex,
): Promise<Address> {
  const at = getContractAddress({ from: account.address, nonce });
  const code = await readingChain('a contract’s code', () => client.getCode({ address: at }));
  if (code === undefined) {
    const receipt = await send({ data, gas: 5_000_000n });
    if (receipt.contractAddress?.toLowerCase() !== at.toLowerCase()) {
      throw wrong(at, `${account.address} has sent other transactions before, or its deployment was reverted`);
    }
  }
  await verifyCode(client, at, artifact);
  return at.toLowerCase() as Address;
}

async function verifyCode(client: ChainClient, address: Address, artifact: ContractArtifact): Promise<void> {
  const code = await readingChain('a contract’s code', () => client.getCode({ address }));
  if (code === undefined || !isCodeOf(artifact, code))
    throw wrong(address, `its code is not that of ${artifact.contract}`);
}

function wrong(address: Address, why: string): SwarmError {
  return new SwarmError({
    code: 'market/wrong-deployment',
    disposition: 'stop',
    message: `The contract at ${address} can't be used: ${why}`,
    next: 'Check the chain and the addresses in the configuration; on the embedded chain, start with a fresh state folder.',
  });
}
