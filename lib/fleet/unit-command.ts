import { setTimeout as delay } from 'node:timers/promises';
import { GetCommandInvocationCommand, SendCommandCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { askAws, awsErrorName } from '../aws/aws-failure.ts';
import { SwarmError } from '../core/errors.ts';
import { type Fleet, type FleetUnit, hostOfUnit } from './fleet.ts';

/** What the document `<stack>-unit` can be asked to do. */
export type UnitAction = 'restart' | 'status' | 'sync';

/** What came of a command: what it printed, or why it did not work. */
export type CommandOutcome =
  | { readonly ok: true; readonly stdout: string }
  | { readonly ok: false; readonly why: string };

/** Sends commands to units. `signal` ends the wait for an answer; the command itself goes on. */
export type TellUnit = (action: UnitAction, unit: FleetUnit, signal?: AbortSignal) => Promise<CommandOutcome>;

/** How often the answer is looked for, and how long at most, in milliseconds: the document may run for 300 s. */
const LOOK_MS = 1000;
const ANSWER_MS = 360_000;
/** A machine that hasn't fetched the command in this time is taken for unreachable, in seconds; AWS allows no less than 30. */
const DELIVERY_SECONDS = 60;
const WAITING = new Set(['Pending', 'InProgress', 'Delayed', 'Cancelling']);

/**
 * Connects to the units through Run Command: no port, no shell, and only what the document allows.
 * What fails on the machine is an outcome; what AWS refuses is thrown as SwarmError `aws/…` or `fleet/no-document`.
 */
export function createTellUnit(ssm: SSMClient, fleet: Fleet, lookMs: number = LOOK_MS): TellUnit {
  return async (action, unit, signal) => {
    const instanceId = hostOfUnit(fleet, unit)?.instanceId ?? '';
    if (instanceId === '') return { ok: false, why: `its machine ${unit.host} is not there` };
    const what = `ask ${unit.unit} for its ${action}`;
    const commandId = await send(ssm, fleet, { action, unit: unit.unit, instanceId, what });
    if (commandId === undefined) {
      return { ok: false, why: `${instanceId} does not listen to Session Manager: it is stopped, or has not booted` };
    }
    const deadline = performance.now() + ANSWER_MS;
    for (;;) {
      await delay(lookMs, undefined, signal === undefined ? {} : { signal });
      const answer = await askAws(what, () => look(ssm, commandId, instanceId));
      if (answer !== undefined && !WAITING.has(answer.status)) return outcomeOf(answer);
      if (performance.now() > deadline) return { ok: false, why: `no answer to command ${commandId} in time` };
    }
  };
}

interface Answer {
  readonly status: string;
  readonly details: string;
  readonly stdout: string;
  readonly stderr: string;
}

async function send(
  ssm: SSMClient,
  fleet: Fleet,
  asked: { readonly action: UnitAction; readonly unit: string; readonly instanceId: string; readonly what: string },
): Promise<string | undefined> {
  return askAws(asked.what, async () => {
    try {
      const sent = await ssm.send(
        new SendCommandCommand({
          DocumentName: fleet.unitDocument,
          InstanceIds: [asked.instanceId],
          Parameters: { action: [asked.action], unit: [asked.unit] },
          TimeoutSeconds: DELIVERY_SECONDS,
        }),
      );
      return sent.Command?.CommandId;
    } catch (error) {
      if (awsErrorName(error) === 'InvalidInstanceId') return undefined;
      if (awsErrorName(error) !== 'InvalidDocument') throw error;
      throw new SwarmError({
        code: 'fleet/no-document',
        disposition: 'stop',
        message: `There is no document ${fleet.unitDocument} in ${fleet.region}`,
        next: 'Deploy the fleet first: npx cdktf deploy. Or check the region and whose credentials these are.',
      });
    }
  });
}

async function look(ssm: SSMClient, CommandId: string, InstanceId: string): Promise<Answer | undefined> {
  try {
    const found = await ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId }));
    return {
      status: found.Status ?? 'Pending',
      details: found.StatusDetails ?? '',
      stdout: found.StandardOutputContent ?? '',
      stderr: found.StandardErrorContent ?? '',
    };
  } catch (error) {
    // Just sent, and not known everywhere yet.
    if (awsErrorName(error) === 'InvocationDoesNotExist') return undefined;
    throw error;
  }
}

function outcomeOf({ status, details, stdout, stderr }: Answer): CommandOutcome {
  if (status === 'Success') return { ok: true, stdout };
  const said = stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
  return { ok: false, why: said === '' ? details || status : said };
}
