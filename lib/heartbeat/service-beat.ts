import type { Outcome, RunnableFlow } from '../core/flow.ts';
import { withoutNumbers } from '../core/text.ts';
import type { VaultWriter } from '../core/vault.ts';
import { type BeatResult, runBeat, type Sensed } from './beat.ts';

/** The parts of the beat of a service, such as the treasury. */
export interface ServiceParts<Snapshot> {
  readonly author: string;
  readonly vault: Pick<VaultWriter, 'write'>;
  /** Reads the inputs of the beat once. An optional input that can't be read is added to the errors. */
  readonly sense: (errors: string[]) => Promise<Snapshot>;
  readonly flows: readonly RunnableFlow<Snapshot>[];
  /** The subject of the commit that contains what these outcomes write. */
  readonly subjectOf: (writing: readonly Outcome[]) => string;
  readonly uuid: () => string;
  /** Receives each error once, until it is gone and comes again. */
  readonly log: (line: string) => void;
}

/** Creates the beat of a service. All that its flows write is one commit; a beat that writes nothing creates none. */
export function createServiceBeat<Snapshot>(
  parts: ServiceParts<Snapshot>,
): () => Promise<BeatResult<Sensed<Snapshot>>> {
  const { author, vault, flows, log } = parts;
  let toldBefore: ReadonlySet<string> = new Set();

  async function record({ outcomes }: BeatResult<Sensed<Snapshot>>): Promise<void> {
    const writing = outcomes.filter(({ operations }) => operations.length > 0);
    if (writing.length === 0) return;
    const operations = writing.flatMap((outcome) => outcome.operations);
    await vault.write({ id: parts.uuid(), author, message: parts.subjectOf(writing), operations });
  }

  return async () => {
    const sense = async (errors: string[]) => ({ snapshot: await parts.sense(errors), intents: [] });
    const result = await runBeat({ sense, flows, record });
    for (const error of result.errors) if (!toldBefore.has(withoutNumbers(error))) log(error);
    toldBefore = new Set(result.errors.map(withoutNumbers));
    return result;
  };
}
