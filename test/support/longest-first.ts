import { BaseSequencer, type TestSequencerConstructor, type TestSpecification } from 'vitest/node';

/**
 * Begins with the named files, in this order, so that all others fit beside those that take longest.
 * @param endings How the files' paths end, longest file first.
 */
export function longestFirst(endings: readonly string[]): TestSequencerConstructor {
  const place = ({ moduleId }: TestSpecification) => {
    const found = endings.findIndex((ending) => moduleId.endsWith(`/${ending}`));
    return found < 0 ? endings.length : found;
  };
  return class extends BaseSequencer {
    override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
      const others = await super.sort(files);
      return others.toSorted((a, b) => place(a) - place(b));
    }
  };
}
