import { SwarmError } from '../../lib/core/errors.ts';
import { agentName } from '../../lib/core/ids.ts';
import { plainValue } from '../../lib/core/markdown.ts';
import {
  QUARANTINE_SECONDS,
  type QuarantineOrder,
  quarantineFacts,
  quarantineKind,
  quarantinePath,
} from '../../lib/core/quarantine.ts';
import { MAX_SIGNATURES, signedText, verifySigners } from '../../lib/core/signed-note.ts';
import { formatIso, systemClock } from '../../lib/core/time.ts';
import { describeQuarantine } from '../../lib/health/assess-orders.ts';
import { lookAt } from '../../lib/host/look-at-swarm.ts';
import { type OrderPlace, signFacts } from '../../lib/host/order-place.ts';
import { recoverWallet } from '../../lib/market/terms/wallet-signature.ts';
import { decodeNote, encodeNote } from '../../lib/vault/codec.ts';
import type { OrderOptions } from '../terminal/add-order-options.ts';
import { openPlace } from '../terminal/order-options.ts';
import { printJson, printLine } from '../terminal/print.ts';

/** The options of `swarm-ops quarantine`. */
export interface QuarantineOptions extends OrderOptions {
  readonly reason?: string;
  readonly confirm?: boolean;
  readonly release?: boolean;
  readonly json?: boolean;
}

/** Shuts an agent out for 24 hours, confirms that so that it lasts, or lets it in again; without an agent lists who is shut out. */
export async function quarantine(agent: string | undefined, options: QuarantineOptions): Promise<number> {
  if (agent === undefined) return list(options);
  if (!agentName.safeParse(agent).success) {
    throw refused(
      `${JSON.stringify(agent.slice(0, 40))} is not an agent's name`,
      'Name an agent, as in kk-karma-hello.',
    );
  }
  const place = await openPlace(options);
  if (options.confirm) return confirm(agent, place);
  const known = await place.known(quarantinePath(agent));
  const signedAt = Math.max(systemClock(), (known?.facts?.signedAt ?? 0) + 1);
  const isRelease = options.release === true;
  const order: QuarantineOrder = {
    agent,
    state: isRelease ? 'released' : 'quarantined',
    until: isRelease ? signedAt : signedAt + QUARANTINE_SECONDS,
    reason: plainValue(options.reason ?? 'no reason was given', 300),
  };
  const signature = await signFacts(place, quarantineFacts(order, signedAt));
  await put(place, order, signedAt, [signature]);
  printLine(
    isRelease
      ? `${agent} is released. ${place.after}`
      : `${agent} is in quarantine until ${formatIso(order.until)}. ${place.after} A second operator makes it last with swarm-ops quarantine ${agent} --confirm.`,
  );
  return 0;
}

async function confirm(agent: string, place: OrderPlace): Promise<number> {
  const path = quarantinePath(agent);
  const found = decodeNote(quarantineKind, path, (await place.read(path)) ?? '');
  if (!found.ok || found.data.state !== 'quarantined' || found.data.agent !== agent) {
    throw refused(`There is no quarantine of ${agent} to confirm`, `Order it first: swarm-ops quarantine ${agent}.`);
  }
  const { signedAt = 0, signatures = [], ...order } = found.data;
  const text = signedText(place.swarm, quarantineFacts(order, signedAt));
  const own = await verifySigners(text, signatures, place.signer.keys, recoverWallet);
  if (own.type === 'signed') {
    throw refused('This key signed it already', 'A second operator confirms it, with another key: --key or --wallet.');
  }
  if (signatures.length >= MAX_SIGNATURES) {
    throw refused('The note holds as many signatures as it may', `Order it anew: swarm-ops quarantine ${agent}.`);
  }
  await put(place, order, signedAt, [...signatures, await place.signer.sign(text)]);
  printLine(`Confirmed: ${agent} stays in quarantine until it is released (${order.reason}). ${place.after}`);
  return 0;
}

async function put(
  place: OrderPlace,
  { agent, state, until, reason }: QuarantineOrder,
  signedAt: number,
  signatures: readonly string[],
): Promise<void> {
  const text = encodeNote(quarantineKind, {
    kind: 'quarantine',
    schema: 1,
    id: `quarantine-${agent}`,
    owner: 'people',
    agent,
    state,
    until,
    reason,
    signedAt,
    signatures: [...signatures],
  });
  await place.write(
    quarantinePath(agent),
    text,
    state === 'released' ? `Release ${agent}` : `Put ${agent} in quarantine`,
  );
}

async function list(options: QuarantineOptions): Promise<number> {
  const { orders } = await lookAt(options.state, []);
  const all = [...orders.quarantined.values()];
  if (options.json) {
    printJson(
      'Quarantines',
      all.map(({ agent, reason, since, until, by }) => ({
        agent,
        reason,
        since: formatIso(since),
        ...(until === undefined ? {} : { until: formatIso(until) }),
        by,
      })),
    );
    return 0;
  }
  if (all.length === 0) printLine('No agent is in quarantine.');
  for (const one of all) printLine(describeQuarantine(one));
  return 0;
}

function refused(message: string, next: string): SwarmError {
  return new SwarmError({ code: 'orders/bad-quarantine', disposition: 'stop', message, next });
}
