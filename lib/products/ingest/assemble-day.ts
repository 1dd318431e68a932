import type { GoodsFile } from '../../core/work.ts';
import { parseGoods, readLines } from '../goods/read-goods.ts';
import { writeGoods } from '../goods/write-goods.ts';
import type { YieldToLoop } from '../yield-to-loop.ts';
import { formatMessage, MAX_MESSAGE_LINE_BYTES, message } from './message.ts';

/** One log's part of a day; `lines` is how many lines the log has. */
export interface DayPart {
  readonly segment: GoodsFile;
  readonly lines: number;
}

/** Joins a day's logs, in the order given, into one file; numbering continues from one log to the next. */
export async function assembleDay(
  parts: readonly DayPart[],
  dir: string,
  yieldToLoop: YieldToLoop,
): Promise<GoodsFile> {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first.segment;
  return writeGoods(dir, 'jsonl', joined(parts, yieldToLoop));
}

async function* joined(parts: readonly DayPart[], yieldToLoop: YieldToLoop): AsyncGenerator<string, void> {
  let offset = 0;
  for (const { segment, lines } of parts) {
    for await (const batch of readLines(segment, MAX_MESSAGE_LINE_BYTES)) {
      let text = '';
      for (const line of batch) {
        const parsed = parseGoods(segment.path, line, message);
        text += formatMessage({ ...parsed, id: parsed.id + offset });
      }
      yield text;
      await yieldToLoop();
    }
    offset += lines;
  }
}
