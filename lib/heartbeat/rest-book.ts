import type { AgentName } from '../core/ids.ts';
import type { VaultOperation, VaultWriter } from '../core/vault.ts';

/** What the resting agents of a host record, in one commit for all of them. */
export interface RestBook {
  /** Takes what an agent records, instead of what it gave before. It is written within `withinSeconds`, with that of the others. */
  readonly hold: (agent: AgentName, operations: readonly VaultOperation[], withinSeconds: number) => void;
  /** Forgets what an agent gave: a newer record of it is written. */
  readonly drop: (agent: AgentName) => void;
  /** Writes what is held now. */
  readonly flush: () => Promise<void>;
}

/** So many share a commit: each has a few operations and a line in its message, and a write has at most 1,000 operations. */
const MAX_AGENTS_A_WRITE = 100;

interface Held {
  readonly operations: readonly VaultOperation[];
  readonly dueMs: number;
}

/**
 * Creates an empty book. A kill loses what is held: nothing but heartbeats, and pages that are rendered again at the next beat.
 * @param parts.onError hears why a write failed; the agents give what they record again.
 */
export function createRestBook(parts: {
  readonly vault: Pick<VaultWriter, 'write'>;
  readonly uuid: () => string;
  readonly onError: (error: unknown) => void;
}): RestBook {
  const held = new Map<AgentName, Held>();
  let timer: NodeJS.Timeout | undefined;
  let timerAtMs = Number.POSITIVE_INFINITY;
  let writing: Promise<void> = Promise.resolve();

  function arm(): void {
    const dueMs = Math.min(...[...held.values()].map((one) => one.dueMs));
    if (dueMs === timerAtMs) return;
    clearTimeout(timer);
    timerAtMs = dueMs;
    if (held.size === 0) return;
    timer = setTimeout(() => void flush(), Math.max(0, dueMs - performance.now()));
    timer.unref();
  }

  async function write(entries: readonly (readonly [AgentName, Held])[]): Promise<void> {
    const [author, ...coAuthors] = entries.map(([agent]) => agent);
    if (author === undefined) return;
    const message = coAuthors.length === 0 ? `${author} rests` : `${entries.length} agents rest`;
    const operations = entries.flatMap(([, one]) => one.operations);
    await parts.vault.write({ id: parts.uuid(), author, coAuthors, message, operations }).catch(parts.onError);
  }

  function flush(): Promise<void> {
    const entries = [...held].sort(([a], [b]) => (a < b ? -1 : 1));
    held.clear();
    arm();
    // Given to the writer at once: what an agent records after this comes after it.
    for (let at = 0; at < entries.length; at += MAX_AGENTS_A_WRITE) {
      writing = Promise.all([writing, write(entries.slice(at, at + MAX_AGENTS_A_WRITE))]).then(() => undefined);
    }
    return writing;
  }

  return {
    hold: (agent, operations, withinSeconds) => {
      const dueMs = Math.min(
        performance.now() + withinSeconds * 1000,
        held.get(agent)?.dueMs ?? Number.POSITIVE_INFINITY,
      );
      held.set(agent, { operations, dueMs });
      arm();
    },
    drop: (agent) => {
      held.delete(agent);
      arm();
    },
    flush,
  };
}
