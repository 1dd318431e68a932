import { MAX_HEADER_BYTES, type RawLogsHeader, rawLogsHeader } from './raw-logs.ts';
import { badGoods, type GoodsSource, parseGoods, readLines } from './read-goods.ts';

/** Reads the first line of raw logs. @throws SwarmError `products/bad-goods`. */
export async function readRawLogsHeader({ path }: GoodsSource): Promise<RawLogsHeader> {
  for await (const batch of readLines({ path }, MAX_HEADER_BYTES)) {
    const [first] = batch;
    if (first !== undefined) return parseGoods(path, first, rawLogsHeader);
  }
  throw badGoods(path, 'it is empty');
}
