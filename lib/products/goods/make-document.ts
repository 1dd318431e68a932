import { createHash } from 'node:crypto';
import type { Hex } from 'viem';
import type { GoodsFile, Stage } from '../../core/work.ts';
import { canonicalPieces, type JsonObject } from '../../work/canonical-json.ts';
import { createWorkChain, foldInputs, type StageResult } from '../../work/work-chain.ts';
import type { MadeGoods, MakeIo, WorkOrder } from '../definition.ts';
import { createYieldToLoop } from '../yield-to-loop.ts';
import { writeGoods } from './write-goods.ts';

/** The stages of one document: inputs are gathered, the document is computed, and it is written. */
export interface DocumentStages<Gathered, Document> {
  readonly gather: Stage<undefined, Gathered>;
  readonly describeGathered: (gathered: Gathered) => StageResult;
  readonly find: Stage<Gathered, Document>;
  readonly countFound: (document: Document) => Readonly<Record<string, number>>;
}

/** A document and its canonical JSON, which is formatted once: it gives the hash and the bytes. */
interface Found<Document> {
  readonly document: Document;
  readonly pieces: readonly string[];
  readonly digest: Hex;
}

/** Makes goods of one canonical JSON document and a newline in three recorded stages. */
export async function makeDocument<Gathered, Document extends JsonObject>(
  order: WorkOrder,
  io: MakeIo,
  stages: DocumentStages<Gathered, Document>,
): Promise<MadeGoods> {
  const chain = createWorkChain(io.executor, io.now);
  const sources = foldInputs(order.inputs);
  const gathered = await chain.run(stages.gather, undefined, sources, stages.describeGathered);
  const { output } = stages.describeGathered(gathered);
  const found = await chain.run(formatted(stages.find), gathered, [output, ...sources], ({ document, digest }) => ({
    output: digest,
    counts: stages.countFound(document),
  }));
  const file = await chain.run(render, { pieces: found.pieces, outDir: io.outDir }, [found.digest], (made) => ({
    output: made.digest,
    counts: { bytes: made.sizeBytes },
  }));
  return { order, ...file, work: chain.records() };
}

function formatted<Gathered, Document extends JsonObject>(
  find: Stage<Gathered, Document>,
): Stage<Gathered, Found<Document>> {
  return {
    name: find.name,
    version: find.version,
    run: async (gathered) => {
      const yieldToLoop = createYieldToLoop();
      const document = await find.run(gathered);
      const hash = createHash('sha256');
      const pieces: string[] = [];
      for (const piece of canonicalPieces(document)) {
        hash.update(piece);
        pieces.push(piece);
        await yieldToLoop();
      }
      return { document, pieces, digest: `0x${hash.digest('hex')}` };
    },
  };
}

const render: Stage<{ readonly pieces: readonly string[]; readonly outDir: string }, GoodsFile> = {
  name: 'render',
  version: '1',
  run: ({ pieces, outDir }) => writeGoods(outDir, 'json', batched(pieces)),
};

/** Joins small pieces into writes of about 64 KiB. */
function* batched(pieces: readonly string[]): Generator<string, void> {
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < 65_536) continue;
    yield text;
    text = '';
  }
  yield `${text}\n`;
}
