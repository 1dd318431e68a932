import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where tests ask for what they share. */
    services: string;
  }
}

/**
 * Where a service is that tests share; it is started when the first of them asks.
 * @param name `moto`, `program` (the entry file of the built swarm-ops), or `anvil/<owner>`.
 * @throws Error with the reason when it can't be started.
 */
export async function shared(name: 'moto' | 'program' | `anvil/${string}`): Promise<string> {
  const answer = await fetch(new URL(name, inject('services')));
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${name} could not be started: ${text}`);
  return text;
}

/** The chain of this vitest worker: files that run one after another share it, with its time and its accounts. */
export function workerChain(): Promise<string> {
  return shared(`anvil/${process.env.VITEST_POOL_ID ?? '1'}`);
}
