import { BIRTHDAY_RULES } from './redact/birthdays.ts';
import { CARD_RULES } from './redact/cards.ts';
import { EMAIL_RULES } from './redact/emails.ts';
import { HOME_RULES } from './redact/homes.ts';
import { IDENTITY_RULES } from './redact/identities.ts';
import { KEY_RULES } from './redact/keys.ts';
import { MNEMONIC_RULES } from './redact/mnemonics.ts';
import { NETWORK_RULES } from './redact/network.ts';
import { PASSWORD_RULES } from './redact/passwords.ts';
import { PHONE_RULES } from './redact/phones.ts';
import { PLACE_RULES } from './redact/places.ts';
import { PROFILE_RULES } from './redact/profiles.ts';
import type { Redacted, Rule } from './redact/rule.ts';
import { screenOf } from './redact/traits.ts';
import { WALLET_RULES } from './redact/wallets.ts';

/** Counts what was redacted, by kind. */
export type RedactionCounts = Record<Redacted, number>;

/** All rules; of two that find the same, the first names its kind. */
const RULES: readonly Rule[] = [
  ...WALLET_RULES,
  ...KEY_RULES,
  ...MNEMONIC_RULES,
  ...PASSWORD_RULES,
  ...CARD_RULES,
  ...IDENTITY_RULES,
  ...EMAIL_RULES,
  ...NETWORK_RULES,
  ...BIRTHDAY_RULES,
  ...PLACE_RULES,
  ...PHONE_RULES,
  ...HOME_RULES,
  ...PROFILE_RULES,
];

const rulesFor = screenOf(RULES);

/** What a placeholder stands beside may be found only once it is there; more rounds than this find nothing. */
const MAX_ROUNDS = 3;

interface Finding {
  readonly kind: Redacted;
  readonly start: number;
  readonly end: number;
}

/**
 * Replaces what may say who somebody is, or open what is theirs, by placeholders and counts it. Works in time linear in the
 * length of `text`. Where findings overlap, all that they cover is replaced, by the kind of the one that begins first.
 */
export function redact(text: string, counts: RedactionCounts): string {
  let result = text;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const findings = findIn(result);
    if (findings.length === 0) return result;
    let cut = '';
    let end = 0;
    for (const finding of findings) {
      counts[finding.kind] += 1;
      cut += `${result.slice(end, finding.start)}[${finding.kind}]`;
      end = finding.end;
    }
    result = cut + result.slice(end);
  }
  return result;
}

/** The findings in a text in order, those that overlap joined. */
function findIn(text: string): readonly Finding[] {
  const all: Finding[] = [];
  for (const { kind, find } of rulesFor(text)) {
    for (const { start, end } of find(text)) all.push({ kind, start, end });
  }
  if (all.length < 2) return all;
  // Sorting is stable: of findings with the same span the first rule's comes first.
  all.sort((a, b) => a.start - b.start || b.end - a.end);
  const joined: Finding[] = [];
  for (const finding of all) {
    const last = joined.at(-1);
    if (last === undefined || finding.start >= last.end) joined.push(finding);
    else if (finding.end > last.end) joined[joined.length - 1] = { ...last, end: finding.end };
  }
  return joined;
}
