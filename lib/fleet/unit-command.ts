import { setTimeout as delay } from 'node:timers/promises';
import { GetCommandInvocationCommand, SendCommandCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { askAws, awsErrorName } from '../aws/aws-failure.ts';
import { SwarmError } from '../core/errors.ts';
import { type Fleet, type FleetUnit, hostOfUnit } from './fleet.ts';

/** The actions of the document `<stack>-unit`. */
export type UnitAction = 'restart' | 'status' | 'sync';

/** The outcome of a command: its output, or why it failed. */
export type CommandOutcome =
  | { readonly ok: true; readonly stdout: string }
  | { readonly ok: false; readonly why: string };

/** Sends a command to a unit and waits for its outcome. `signal` ends the wait; the command itself continues. */
export type SendCommand = (action: UnitAction, unit: FleetUnit, signal?: AbortSignal) => Promise<CommandOutcome>;

/** The interval and the timeout of polling for the outcome, in milliseconds: the document may run for 300 s. */
const POLL_INTERVAL_MS = 1000;
const ANSWER_TIMEOUT_MS = 360_000;
/** A machine that has not fetched the command after this time counts as unreachable, in seconds; AWS requires at least 30. */
const DELIVERY_TIMEOUT_SECONDS = 60;
const WAITING = new Set(['Pending', 'InProgress', 'Delayed', 'Cancelling']);

/**
 * Creates the function that sends commands through Run Command, which needs no port and allows only the document's actions.
 * An error on the machine is an outcome; an error of AWS is thrown as SwarmError `aws/…` or `fleet/no-document`.
 */
export function createCommandSender(ssm: SSMClient, fleet: Fleet, intervalMs: number = POLL_INTERVAL_MS): SendCommand {
  return async (action, unit, signal) => {
    const instanceId = hostOfUnit(fleet, unit)?.instanceId ?? '';
    if (instanceId === '') return { ok: false, why: `its machine ${unit.host} is not there` };
    const what = `ask ${unit.unit} for its ${action}`;
    const commandId = await send(ssm, fleet, { action, unit: unit.unit, instanceId, what });
    if (commandId === undefined) {
      return { ok: false, why: `${instanceId} is not connected to Session Manager: it is stopped, or has not booted` };
    }
    const deadline = performance.now() + ANSWER_TIMEOUT_MS;
    for (;;) {
      await delay(intervalMs, undefined, signal === undefined ? {} : { signal });
      const answer = await askAws(what, () => readAnswer(ssm, commandId, instanceId));
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
          TimeoutSeconds: DELIVERY_TIMEOUT_SECONDS,
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

async function readAnswer(ssm: SSMClient, CommandId: string, InstanceId: string): Promise<Answer | undefined> {
  try {
    const found = await ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId }));
    return {
      status: found.Status ?? 'Pending',
      details: found.StatusDetails ?? '',
      stdout: found.StandardOutputContent ?? '',
      stderr: found.StandardErrorContent ?? '',
    };
  } catch (error) {
    // AWS does not know a command at once after it was sent.
    if (awsErrorName(error) === 'InvocationDoesNotExist') return undefined;
    throw error;
  }
}

function outcomeOf({ status, details, stdout, stderr }: Answer): CommandOutcome {
  if (status === 'Success') return { ok: true, stdout };
  const said = stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
  return { ok: false, why: said === '' ? details || status : said };
}
