import type { Outcome, RunnableFlow } from '../core/flow.ts';
import type { VaultWriter } from '../core/vault.ts';
import { runBeat } from './beat.ts';

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

/** What a beat of a service came to; no snapshot where the world could not be seen. */
export interface ServiceReport<Snapshot> {
  readonly snapshot: Snapshot | undefined;
  readonly outcomes: readonly Outcome[];
  readonly errors: readonly string[];
}

/** Creates the beat of a service: what its flows write is one commit, and a beat that writes nothing leaves none. */
export function createServiceBeat<Snapshot>(parts: ServiceParts<Snapshot>): () => Promise<ServiceReport<Snapshot>> {
  const { author, vault, flows } = parts;
  const tell = tellNew(parts.log);
  return async () => {
    const { sensed, outcomes, errors } = await runBeat({
      sense: async (unseen) => ({ snapshot: await parts.sense(unseen), intents: [], mayAct: true }),
      flows,
      record: async (result) => {
        const writing = result.outcomes.filter(({ operations }) => operations.length > 0);
        if (writing.length === 0) return;
        const operations = writing.flatMap((outcome) => outcome.operations);
        await vault.write({ id: parts.uuid(), author, message: parts.subjectOf(writing), operations });
      },
    });
    tell(errors);
    return { snapshot: sensed?.snapshot, outcomes, errors };
  };
}

/** What was so in the beat before, with other figures, has been said. */
function tellNew(log: (line: string) => void): (errors: readonly string[]) => void {
  const kindOf = (error: string): string => error.replace(/0x[0-9a-f]+|\d+/gi, '#');
  let before: ReadonlySet<string> = new Set();
  return (errors) => {
    for (const error of errors) if (!before.has(kindOf(error))) log(error);
    before = new Set(errors.map(kindOf));
  };
}
