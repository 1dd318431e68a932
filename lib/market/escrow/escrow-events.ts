import { type Address, getAbiItem } from 'viem';
import type { BlockRange } from '../chain/block-ranges.ts';
import type { ChainClient } from '../chain/chain-client.ts';
import { escrowAbi } from '../contracts/escrow-abi.ts';
import { type EscrowEvent, inChainOrder } from './escrow-log.ts';

const EVENTS = [
  getAbiItem({ abi: escrowAbi, name: 'Opened' }),
  getAbiItem({ abi: escrowAbi, name: 'Revealed' }),
  getAbiItem({ abi: escrowAbi, name: 'Settled' }),
  getAbiItem({ abi: escrowAbi, name: 'Refunded' }),
] as const;

/** Reads the escrow's events about trades in a range of blocks with one request, in chain order. */
export async function readEscrowEvents(
  client: ChainClient,
  escrow: Address,
  range: BlockRange,
): Promise<readonly EscrowEvent[]> {
  const events: EscrowEvent[] = [];
  const logs = await client.getLogs({ address: escrow, events: EVENTS, ...range, strict: true });
  for (const log of logs) {
    const at = log.blockTimestamp ?? (await client.getBlock({ blockNumber: log.blockNumber })).timestamp;
    const place = {
      key: log.args.key,
      block: log.blockNumber,
      logIndex: log.logIndex,
      tx: log.transactionHash,
      at: Number(at),
    };
    switch (log.eventName) {
      case 'Opened':
        events.push({
          ...place,
          name: 'Opened',
          trade: log.args.tradeId,
          buyer: lower(log.args.buyer),
          seller: lower(log.args.seller),
          quoteHash: log.args.quoteHash,
          amountAtomic: log.args.amount,
          deadline: Number(log.args.deadline),
        });
        break;
      case 'Revealed':
        events.push({ ...place, name: 'Revealed', revealedKey: log.args.k, deadline: Number(log.args.deadline) });
        break;
      case 'Settled':
      case 'Refunded':
        events.push({ ...place, name: log.eventName });
        break;
    }
  }
  return events.sort(inChainOrder);
}

function lower(address: Address): Address {
  return address.toLowerCase() as Address;
}
