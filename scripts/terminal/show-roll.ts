import type { RollPlan } from '../../lib/fleet/begin-roll.ts';
import { describeRoll } from '../../lib/fleet/describe-roll.ts';
import { HUB } from '../../lib/fleet/fleet-names.ts';
import { batchesOf } from '../../lib/fleet/roll-plan.ts';
import { hasStuck, type RolledUnit, type RollRecord } from '../../lib/fleet/roll-record.ts';
import { describeStatus, shortImage } from '../../lib/fleet/unit-status.ts';
import { printJson, printLine, printTable } from './print.ts';

/** Shows what a roll would do, step by step; nothing where there is nothing to do. */
export function showRollPlan({ work, image }: RollPlan, batch: number): void {
  if (work.length === 0) return;
  printLine(`To roll: ${image}`);
  printTable(
    ['step', 'unit', 'machine', 'runs'],
    batchesOf(work, batch, true).flatMap((units, step) =>
      units.map(({ unit, status }) => [
        step === 0 ? 'canary' : String(step),
        unit.unit,
        unit.host,
        describeStatus(status),
      ]),
    ),
  );
}

/** Says why a plan is not carried out: all run the image, or it was only to be looked at. */
export function tellUnrolled({ work, image, seenCount }: RollPlan, isJson: boolean): void {
  if (isJson)
    printRoll(
      image,
      work.map(({ unit, parameter }) => ({ unit: unit.unit, from: parameter, state: 'waiting' })),
    );
  else if (work.length === 0) printLine(`All ${seenCount} run ${shortImage(image)} and are healthy. Nothing to do.`);
  else printLine('A dry run: nothing was changed.');
}

/** Says how a roll ended, and what is to be done next. */
export function tellEnd(record: RollRecord, isJson: boolean): void {
  if (isJson) printRoll(record.image, record.units);
  else if (record.phase === 'done') {
    printLine(`All ${record.units.length} run ${record.image}.`);
    const what = record.units.every(({ unit }) => unit === HUB) ? 'hub' : 'agent';
    printLine(
      `Next: put it into infra/fleet.yaml as images.${what}, which is what new machines and agents start with.`,
    );
  } else {
    printLine(
      `The roll was undone: ${describeRoll(record)}.${hasStuck(record) ? ' Next: swarm-ops logs of those.' : ''}`,
    );
  }
}

function printRoll(image: string, units: readonly Pick<RolledUnit, 'unit' | 'from' | 'state'>[]): void {
  printJson(
    'Roll',
    units.map(({ unit, from, state }) => ({ unit, from, image, state })),
  );
}
