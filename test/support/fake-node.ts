import {
  createPublicClient,
  custom,
  encodeAbiParameters,
  encodeEventTopics,
  encodeFunctionResult,
  type Hex,
} from 'viem';
import { embeddedChain } from '../../lib/core/chains.ts';
import type { ChainClient } from '../../lib/market/chain/chain-client.ts';
import { escrowAbi } from '../../lib/market/contracts/escrow-abi.ts';
import { escrowKey } from '../../lib/market/terms/quote.ts';
import { addressOf, id32 } from './snapshot.ts';

/** The state of an opened trade, as the escrow numbers it. */
const OPENED = 1;
const SECONDS_A_BLOCK = 2;
const [BUYER, SELLER] = [addressOf(0xb), addressOf(0x5)];

/** Where the fake node's escrow and token are. */
export const FAKE_PLACE = { chainId: embeddedChain.id, escrow: addressOf(0xe5c), token: addressOf(0x70c) } as const;

/** What a node is asked. */
export interface FakeCall {
  readonly method: string;
  readonly params: readonly unknown[];
}

/** A node with nothing but blocks and openings, that can be made to lag, to lie and to fail. */
export class FakeNode {
  head: number;
  /** Blocks from this one on are another chain's. */
  forkAt = Number.POSITIVE_INFINITY;
  /** The ranges whose events it was asked for since this was last emptied. */
  readonly asked: (readonly [number, number])[] = [];
  /** Answers in the node's place, or throws; undefined lets it answer. */
  meddle: (call: FakeCall) => unknown = () => undefined;
  readonly client: ChainClient;
  private readonly openings = new Map<Hex, { readonly trade: Hex; readonly block: number }>();

  constructor(head: number) {
    this.head = head;
    const request = async (call: FakeCall): Promise<unknown> => {
      const answer = this.meddle(call);
      return answer === undefined ? this.answer(call) : answer;
    };
    this.client = createPublicClient({ transport: custom({ request }, { retryCount: 0 }) });
  }

  /** Opens a trade in a block; gives its key. */
  open(seed: string, block = this.head): Hex {
    const trade = id32(seed);
    const key = escrowKey(BUYER, SELLER, trade);
    this.openings.set(key, { trade, block });
    return key;
  }

  timeOf(block: number): number {
    return 1_700_000_000 + block * SECONDS_A_BLOCK;
  }

  private answer({ method, params }: FakeCall): unknown {
    const [first, second] = params;
    switch (method) {
      case 'eth_getBlockByNumber':
        return this.block(first === 'latest' ? this.head : Number(first));
      case 'eth_getLogs':
        return this.logs(first);
      case 'eth_call':
        return this.stateOf(first, Number(second));
      default:
        throw new Error(`the fake node knows no ${method}`);
    }
  }

  private block(number: number): unknown {
    if (number > this.head) return null;
    return { number: hex(number), hash: this.hashOf(number), timestamp: hex(this.timeOf(number)), transactions: [] };
  }

  private hashOf(number: number): Hex {
    return id32(number + (number >= this.forkAt ? 2 ** 40 : 0));
  }

  private logs(filter: unknown): unknown {
    const { fromBlock, toBlock } = filter as { readonly fromBlock: Hex; readonly toBlock: Hex };
    const [from, to] = [Number(fromBlock), Number(toBlock)];
    this.asked.push([from, to]);
    return [...this.openings].flatMap(([key, { trade, block }]) => {
      if (block < from || block > to) return [];
      const names = ['tradeId', 'quoteHash', 'amount', 'deadline'].map((name) => ({
        name,
        type: name === 'tradeId' || name === 'quoteHash' ? 'bytes32' : 'uint256',
      }));
      return {
        address: FAKE_PLACE.escrow,
        topics: encodeEventTopics({ abi: escrowAbi, eventName: 'Opened', args: { key, buyer: BUYER, seller: SELLER } }),
        data: encodeAbiParameters(names, [trade, id32('quote hash'), 5n, 9n]),
        blockNumber: hex(block),
        blockHash: this.hashOf(block),
        blockTimestamp: hex(this.timeOf(block)),
        transactionHash: id32(`tx ${trade}`.slice(0, 30)),
        transactionIndex: '0x0',
        logIndex: '0x0',
        removed: false,
      };
    });
  }

  private stateOf(call: unknown, block: number): Hex {
    const { data } = call as { readonly data: Hex };
    const opening = this.openings.get(`0x${data.slice(10)}`);
    const state = opening === undefined || opening.block > block ? 0 : OPENED;
    const result = [state, 0n, `0x${'00'.repeat(26)}`] as const;
    return encodeFunctionResult({ abi: escrowAbi, functionName: 'tradeOf', result });
  }
}

function hex(value: number): Hex {
  return `0x${value.toString(16)}`;
}
