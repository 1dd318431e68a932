import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { SwarmError } from '../../lib/core/errors.ts';
import {
  CONFIG_PATH,
  formatRequirements,
  NO_REQUIREMENTS,
  type Requirements,
  requirementsFacts,
  requirementsShape,
} from '../../lib/core/protocol.ts';
import { systemClock } from '../../lib/core/time.ts';
import { projectPath } from '../../lib/files/project.ts';
import { signFacts } from '../../lib/host/order-place.ts';
import { withFrontFields } from '../../lib/vault/front-fields.ts';
import { signedNoteOf } from '../../lib/vault/signed-notes.ts';
import type { OrderOptions } from '../terminal/add-order-options.ts';
import { openPlace } from '../terminal/order-options.ts';
import { printLine } from '../terminal/print.ts';

const requirements = z.object(requirementsShape);

/** Requires something of every program that trades in a swarm: signs `shared/config.md` with a field changed. An empty value removes it. */
export async function configSet(field: string, value: string, options: OrderOptions): Promise<number> {
  const place = await openPlace(options);
  await place.checkKnown(CONFIG_PATH);
  const known = await place.known(CONFIG_PATH);
  const before = requirements.safeParse(known?.facts?.fields).data ?? NO_REQUIREMENTS;
  const wanted = changed(before, field, value);
  const signedAt = Math.max(systemClock(), (known?.facts?.signedAt ?? 0) + 1);
  const signature = await signFacts(place, requirementsFacts(wanted, signedAt));
  const { protocol, minVersion } = wanted;
  const fields = { protocol, minVersion, signedAt, signatures: [signature] };
  const page = await place.read(CONFIG_PATH);
  // A page that can't be kept is replaced by the seed's: its text is for people only.
  const text = [page, await readFile(projectPath(`vault/${CONFIG_PATH}`), 'utf8')]
    .flatMap((one) => (one === undefined ? [] : (withFrontFields(one, fields) ?? [])))
    .find((one) => signedNoteOf(CONFIG_PATH, one)?.facts !== undefined);
  if (text === undefined) throw new Error('the seed’s configuration is not one');
  await place.write(CONFIG_PATH, text, `Require ${formatRequirements(wanted)}`);
  printLine(`Signed for ${place.swarm}: ${formatRequirements(wanted)}. ${place.after}`);
  return 0;
}

function changed({ protocol, minVersion }: Requirements, field: string, value: string): Requirements {
  const next = {
    protocol: field === 'protocol' ? Number(value) : protocol,
    ...(field === 'minVersion' ? optional(value) : optional(minVersion ?? '')),
  };
  const parsed = requirements.safeParse(next);
  if ((field === 'protocol' || field === 'minVersion') && parsed.success) return parsed.data;
  const why = parsed.success ? 'it is not a field that agents obey' : (parsed.error.issues[0]?.message ?? '');
  throw new SwarmError({
    code: 'orders/bad-field',
    disposition: 'stop',
    message: `${JSON.stringify(field.slice(0, 40))} can't be set to ${JSON.stringify(value.slice(0, 40))}: ${why}`,
    next: 'Set minVersion (as in 0.2.0; empty for none) or protocol (a whole number).',
  });
}

function optional(minVersion: string): { readonly minVersion?: string } {
  return minVersion === '' ? {} : { minVersion };
}
