import { readFile } from 'node:fs/promises';
import { type Abi, type Address, encodeDeployData, encodeFunctionData, type Hex, type LocalAccount } from 'viem';
import { escrowArtifact } from '../../lib/market/contracts/artifact.ts';
import { escrowAbi } from '../../lib/market/contracts/escrow-abi.ts';
import { marketDomain, usdcDomain } from '../../lib/market/terms/domain.ts';
import { compileSources, readContracts } from '../../scripts/build/contracts.ts';
import type { TestMarket } from './evm.ts';

/** Compiles a misbehaving token of test/contracts/sources; its file has its name unless another is given. */
export async function compileFixture(
  contract: string,
  file = contract,
): Promise<{ readonly abi: Abi; readonly bytecode: Hex }> {
  const source = `${file}.sol`;
  const text = await readFile(new URL(`../contracts/sources/${source}`, import.meta.url), 'utf8');
  const artifact = (await compileSources({ ...(await readContracts()), [source]: text }, source))(source, contract);
  return { abi: artifact.abi as Abi, bytecode: artifact.bytecode as Hex };
}

/** A second escrow on a market's chain, over a token that misbehaves. */
export interface FixtureMarket extends Pick<TestMarket, 'domain' | 'tokenDomain' | 'now' | 'escrow' | 'token'> {
  /** Calls the token as the deployer. */
  readonly callToken: (functionName: string, args: readonly unknown[]) => Promise<void>;
}

/** Deploys a misbehaving token and an escrow for it. */
export async function deployFixture(market: TestMarket, contract: string, file = contract): Promise<FixtureMarket> {
  const { abi, bytecode } = await compileFixture(contract, file);
  const token = await deploy(market, market.deployer, bytecode);
  const data = encodeDeployData({ abi: escrowAbi, bytecode: escrowArtifact.bytecode, args: [token, 20n, 10n] });
  const escrow = await deploy(market, market.deployer, data);
  return {
    token,
    escrow,
    now: market.now,
    domain: marketDomain(market.chainId, escrow),
    tokenDomain: usdcDomain(market.chainId, token),
    callToken: async (functionName, args) => {
      const call = encodeFunctionData({ abi, functionName, args });
      const receipt = await market.sender(market.deployer).send({ to: token, data: call, gas: 1_000_000n });
      if (receipt.status !== 'success') throw new Error(`${functionName} reverted`);
    },
  };
}

async function deploy(market: TestMarket, deployer: LocalAccount, data: Hex): Promise<Address> {
  const receipt = await market.sender(deployer).send({ data, gas: 6_000_000n });
  if (receipt.contractAddress === null || receipt.contractAddress === undefined) throw new Error('not deployed');
  return receipt.contractAddress;
}
