import type { Json } from '../../work/canonical-json.ts';
import type { InputRef, PassOver, WorkOrder } from '../definition.ts';
import { createOrder, distinctInputs } from '../product-order.ts';
import type { ProductSettings } from '../settings.ts';
import type { IndexCache } from './index-cache.ts';
import { type Library, openLibrary } from './library.ts';
import { skillEvidence, topicsOfSkills } from './skill-evidence.ts';
import { chooseSubjects, type Subject } from './subjects.ts';
import { topicShares } from './topic-baseline.ts';

/** What differs between the kinds of profiles made from raw logs. */
export interface ProfileKind {
  readonly product: string;
  readonly version: string;
  readonly title: (subject: Subject, topics: readonly string[]) => string;
  readonly settings: Json;
}

/**
 * Plans one profile for each subject. Its inputs are the volumes with messages of the subject, so that other people's days
 * make no new version, and the volumes that replace a day of these. With a window all volumes are inputs, since the window
 * moves for everyone.
 */
export async function planProfiles(
  cache: IndexCache,
  inputs: readonly InputRef[],
  settings: ProductSettings,
  kind: ProfileKind,
  passOver?: PassOver,
): Promise<readonly WorkOrder[]> {
  const logs = distinctInputs(inputs, 'raw-logs');
  if (logs.length === 0) return [];
  const library = await openLibrary(cache, logs, { passOver });
  const usual = await topicShares(library);
  const orders: WorkOrder[] = [];
  for (const subject of chooseSubjects(library, settings)) {
    const topics = topicsOfSkills(await skillEvidence(library, subject.person), usual);
    orders.push(
      createOrder({
        product: kind.product,
        version: kind.version,
        subject: subject.person,
        title: kind.title(subject, topics),
        topics,
        rank: subject.messages,
        unitCount: 1,
        inputs: inputsFor(library, subject.person),
        settings: kind.settings,
      }),
    );
  }
  return orders;
}

function inputsFor(library: Library, person: string): WorkOrder['inputs'] {
  const isWindowed = (library.corpus?.windowDays ?? 0) > 0;
  const volumes = new Set(
    library.days
      .filter(({ volume, start, end }) => isWindowed || speaksIn(volume.index.byPerson.get(person), start, end))
      .map(({ volume }) => volume),
  );
  // The loop also visits volumes added during it: a volume that replaces a day may itself have days that others replace.
  for (const { index } of volumes) {
    const indexes = index.byPerson.get(person);
    for (const { day, start, end } of index.days) {
      const volume = library.days.find((one) => one.day === day)?.volume;
      if (volume !== undefined && speaksIn(indexes, start, end)) volumes.add(volume);
    }
  }
  return library.volumes.filter((volume) => volumes.has(volume)).map(({ input }) => input.digest);
}

function speaksIn(indexes: readonly number[] | undefined, start: number, end: number): boolean {
  return indexes?.some((at) => at >= start && at < end) ?? false;
}
