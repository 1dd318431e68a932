import type { GoodsFile, Stage } from '../../core/work.ts';
import { canonicalJson } from '../../work/canonical-json.ts';
import type { InputRef } from '../definition.ts';
import type { RawLogsHeader } from '../goods/raw-logs.ts';
import { readLines } from '../goods/read-goods.ts';
import { writeGoods } from '../goods/write-goods.ts';
import { MAX_MESSAGE_LINE_BYTES } from '../ingest/message.ts';
import { createYieldToLoop, type YieldToLoop } from '../yield-to-loop.ts';

/** The content of one file of raw logs. */
export interface RenderInput {
  readonly header: RawLogsHeader;
  readonly days: readonly InputRef[];
  readonly outDir: string;
}

/** Writes raw logs: the header, then the messages of the days unchanged from their files. */
export const renderRawLogs: Stage<RenderInput, GoodsFile> = {
  name: 'render',
  version: '1',
  run: ({ header, days, outDir }) => writeGoods(outDir, 'jsonl', lines(header, days, createYieldToLoop())),
};

async function* lines(
  header: RawLogsHeader,
  days: readonly InputRef[],
  yieldToLoop: YieldToLoop,
): AsyncGenerator<string, void> {
  yield `${canonicalJson(header)}\n`;
  for (const input of days) {
    for await (const batch of readLines(input, MAX_MESSAGE_LINE_BYTES)) {
      yield `${batch.join('\n')}\n`;
      await yieldToLoop();
    }
  }
}
