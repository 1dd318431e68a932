import { brokenRoll } from './describe-roll.ts';
import { type RollPorts, roll } from './roll.ts';
import { type RollRecord, writeRoll } from './roll-record.ts';

/**
 * Rolls an image as {@link roll} does and keeps its record in a state folder. The record is written before anything changes.
 * @returns the record as it ended.
 * @throws SwarmError `fleet/roll-interrupted`, `fleet/roll-broken-off`, each with how far it got.
 */
export async function rollRecorded(
  stateDir: string,
  ports: Omit<RollPorts, 'save'>,
  begun: RollRecord,
): Promise<RollRecord> {
  let record = begun;
  const save = async (now: RollRecord): Promise<void> => {
    await writeRoll(stateDir, now);
    record = now;
  };
  try {
    await save(begun);
    return await roll({ ...ports, save }, begun);
  } catch (error) {
    throw brokenRoll(record, error);
  }
}
