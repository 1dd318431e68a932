import type { Outcome, RunnableFlow } from '../core/flow.ts';
import type { VaultWriter } from '../core/vault.ts';
import { type BeatResult, runBeat, type Sensed } from './beat.ts';

/** What a part of the swarm beside its agents does in a beat. */
export interface ServiceParts<Snapshot> {
  readonly author: string;
  readonly vault: Pick<VaultWriter, 'write'>;
  /** Looks at the world once. What can't be seen, but can be done without, is added to the errors. */
  readonly sense: (errors: string[]) => Promise<Snapshot>;
  readonly flows: readonly RunnableFlow<Snapshot>[];
  /** The subject of the commit with what these outcomes write. */
  readonly subjectOf: (writing: readonly Outcome[]) => string;
  readonly uuid: () => string;
  /** Told of an error when it is new, and not again for as long as it lasts. */
  readonly log: (line: string) => void;
}

/** Creates the beat of a service: what its flows write is one commit, and a beat that writes nothing leaves none. */
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
    for (const error of result.errors) if (!toldBefore.has(withoutFigures(error))) log(error);
    toldBefore = new Set(result.errors.map(withoutFigures));
    return result;
  };
}

/** An error that was there in the beat before, with other figures, is the same one. */
function withoutFigures(error: string): string {
  return error.replace(/0x[0-9a-f]+|\d+/gi, '#');
}
