import type { RollPlan } from '../../lib/fleet/begin-roll.ts';
import { describeRoll } from '../../lib/fleet/describe-roll.ts';
import { HUB } from '../../lib/fleet/fleet-names.ts';
import { batchesOf } from '../../lib/fleet/roll-plan.ts';
import { hasStuck, type RolledUnit, type RollRecord } from '../../lib/fleet/roll-record.ts';
import { describeStatus, shortImage } from '../../lib/fleet/unit-status.ts';
import { printJson, printLine, printTable } from './print.ts';

/** Shows the steps of a roll; prints nothing where there is nothing to do. */
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

/** Prints why a plan is not carried out: all units run the image, or it is a dry run. */
export function printUnrolled({ work, image, seenCount }: RollPlan, isJson: boolean): void {
  if (isJson)
    printRoll(
      image,
      work.map(({ unit, parameter }) => ({ unit: unit.unit, from: parameter, state: 'waiting' })),
    );
  else if (work.length === 0) printLine(`All ${seenCount} run ${shortImage(image)} and are healthy. Nothing to do.`);
  else printLine('A dry run: nothing was changed.');
}

/** Prints how a roll ended, and what to do next. */
export function printEnd(record: RollRecord, isJson: boolean): void {
  if (isJson) printRoll(record.image, record.units);
  else if (record.phase === 'done') {
    printLine(`All ${record.units.length} run ${record.image}.`);
    const what = record.units.every(({ unit }) => unit === HUB) ? 'hub' : 'agent';
    printLine(`Next: set images.${what} in infra/fleet.yaml to it: new machines and agents start with that image.`);
  } else {
    printLine(
      `The roll was undone: ${describeRoll(record)}.${hasStuck(record) ? ' Next: look at their logs with swarm-ops logs.' : ''}`,
    );
  }
}

function printRoll(image: string, units: readonly Pick<RolledUnit, 'unit' | 'from' | 'state'>[]): void {
  printJson(
    'Roll',
    units.map(({ unit, from, state }) => ({ unit, from, image, state })),
  );
}
