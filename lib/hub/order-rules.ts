import { setImmediate as nextTurn } from 'node:timers/promises';
import { formatError } from '../core/errors.ts';
import { type RecoverWallet, type SignedFacts, signedText, verifySigners } from '../core/signed-note.ts';
import { AHEAD_SECONDS } from '../vault/order-keeper.ts';
import { isSignedPath, signedNoteOf } from '../vault/signed-notes.ts';
import type { PushedChange } from './commit-rules.ts';
import { type GitPlace, readObjects } from './git-objects.ts';
import { type OrderAuthority, type OrderConfig, readOrderAuthority } from './order-authority.ts';

/** Why changes of signed notes are refused, for the pusher. */
export type OrderRules = (
  place: GitPlace,
  changes: readonly PushedChange[],
  nowSeconds: number,
) => Promise<readonly string[]>;

/** What {@link createOrderRules} needs. */
export interface OrderRulesParts {
  readonly config: OrderConfig;
  readonly recoverWallet: RecoverWallet;
  readonly log: (line: string) => void;
}

/**
 * How many versions of signed notes one push may bring: every host parses and verifies each of them, since also one that was
 * replaced counts. Operators order a few at a time.
 */
const MAX_CHANGES = 100;

/** An order that counts. */
interface Order {
  readonly facts: SignedFacts;
  readonly signers: ReadonlySet<string>;
}

/**
 * Creates the rules that keep operators' orders in the vault: who may write as people replaces or removes none of them, in none
 * of a push's commits, unless with a newer one of an operator. Hosts remember what they obeyed; one that starts without a memory
 * sees the vault only.
 */
export function createOrderRules({ config, recoverWallet, log }: OrderRulesParts): OrderRules {
  let authority: OrderAuthority | undefined;

  /** The order in a text; undefined when no operator signed it, or for another time. */
  async function orderIn(
    { keys, swarm }: OrderAuthority,
    path: string,
    text: string,
    now: number,
  ): Promise<Order | undefined> {
    const { facts, signatures } = signedNoteOf(path, text) ?? {};
    if (facts === undefined || signatures === undefined || facts.signedAt > now + AHEAD_SECONDS) return undefined;
    const signers = await verifySigners(signedText(swarm, facts), signatures, keys, recoverWallet);
    return signers.type === 'signed' ? { facts, signers: new Set(signers.by.keys()) } : undefined;
  }

  return async (place, changes, nowSeconds) => {
    const signed = changes.filter(({ path }) => isSignedPath(path));
    if (signed.length === 0) return [];
    if (signed.length > MAX_CHANGES) {
      return [
        `more than ${MAX_CHANGES} changes of shared/config.md and shared/quarantine at once; push fewer commits at a time`,
      ];
    }
    try {
      authority ??= await readOrderAuthority(config);
    } catch (error) {
      // Nothing was ordered in a swarm that isn't deployed yet.
      log(`can't tell who may order: ${formatError(error)}`);
    }
    if (authority === undefined) return [];
    const texts = new Map<string, string>();
    const digests = new Set(signed.flatMap(({ from, digest }) => [from, digest]));
    await readObjects(place, [...digests], (digest, bytes) => void texts.set(digest, bytes.toString('utf8')));
    const errors = new Set<string>();
    for (const { path, from, digest } of signed) {
      const before = await orderIn(authority, path, texts.get(from) ?? '', nowSeconds);
      const after = before && (await orderIn(authority, path, texts.get(digest) ?? '', nowSeconds));
      const why = before && refusal(before, after);
      if (why !== undefined) {
        errors.add(
          `${path} is an operator's order, and ${why}; run git checkout on it, or order anew with swarm-ops ${path === 'shared/config.md' ? 'config set' : 'quarantine'}`,
        );
      }
      await nextTurn();
    }
    return [...errors];
  };
}

/** Why an order can't be replaced by what comes; undefined when it can. */
function refusal(before: Order, after: Order | undefined): string | undefined {
  if (after === undefined) return 'what replaces it is not signed by an operator';
  if (after.facts.signedAt > before.facts.signedAt) return undefined;
  if (after.facts.signedAt < before.facts.signedAt) return 'what replaces it is older';
  if (JSON.stringify(after.facts.fields) !== JSON.stringify(before.facts.fields))
    return 'what replaces it was signed in the same second';
  return [...before.signers].every((key) => after.signers.has(key)) ? undefined : 'what replaces it lacks a signature';
}
