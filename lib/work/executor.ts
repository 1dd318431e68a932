import { SwarmError } from '../core/errors.ts';
import type { Executor } from '../core/work.ts';

/** Runs stages in this process. @throws SwarmError `products/stage-failed` when a stage throws any other error. */
export const inProcess: Executor = {
  name: 'in-process',
  execute: async (stage, input) => {
    try {
      return await stage.run(input);
    } catch (error) {
      if (error instanceof SwarmError) throw error;
      throw new SwarmError({
        code: 'products/stage-failed',
        disposition: 'stop',
        message: `The stage ${stage.name} ${stage.version} failed: ${error instanceof Error ? error.message : String(error)}`,
        next: 'Report it with the inputs of the order; other orders continue.',
        cause: error,
      });
    }
  },
};
