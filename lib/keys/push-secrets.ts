import type { SecretStore } from '../aws/secret-store.ts';
import { dispositionOf, formatError, SwarmError } from '../core/errors.ts';
import type { PushStep } from './push-step.ts';

/**
 * Writes the secrets of a plan, one after another, and gives the names of the units whose secrets are written.
 * @param kmsKeyId of secrets that are created; Secrets Manager's own if undefined.
 * @throws SwarmError `keys/push-incomplete` that says how many are written. They stay, and the next push keeps them.
 */
export async function pushSecrets(
  store: SecretStore,
  steps: readonly PushStep[],
  kmsKeyId: string | undefined,
): Promise<ReadonlySet<string>> {
  const work = steps.filter(({ action }) => action !== 'keep');
  const done = new Set<string>();
  for (const step of work) {
    try {
      await pushOne(store, step, kmsKeyId);
    } catch (error) {
      throw new SwarmError({
        code: 'keys/push-incomplete',
        disposition: dispositionOf(error),
        message: `${formatError(error)}\n${done.size} of ${work.length} secrets are written and stay; ${work.length - done.size} are not`,
        next: 'When that is fixed, run the same command again: it writes the rest.',
        cause: error,
      });
    }
    done.add(step.unit);
  }
  return done;
}

async function pushOne(store: SecretStore, step: PushStep, kmsKeyId: string | undefined): Promise<void> {
  if (step.action === 'keep') return;
  if (step.action !== 'create') return store.put(step.secret, step.version);
  await store.create(step.secret, step.version, { description: step.description, kmsKeyId });
}
