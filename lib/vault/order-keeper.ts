import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import type { AgentName } from '../core/ids.ts';
import { formatOperatorKeys, type OperatorKeys } from '../core/operator-keys.ts';
import { MAX_ORDER_FINDINGS, NO_ORDERS, type OrderFinding, type Orders, type WhyNotObeyed } from '../core/orders.ts';
import { CONFIG_PATH, NO_REQUIREMENTS, requirementsShape } from '../core/protocol.ts';
import { type Quarantine, quarantineAt, quarantineShape } from '../core/quarantine.ts';
import { type RecoverWallet, type SignedFacts, signedText, verifySigners } from '../core/signed-note.ts';
import { type Obeyed, readObeyed, writeObeyed } from './obeyed-file.ts';
import type { SignedNote } from './signed-notes.ts';

/** Keeps what operators ordered, for one host. */
export interface OrderKeeper {
  /**
   * Compares the signed notes of a head with what is obeyed, obeys what is newer, and remembers it on disk. Calls run one
   * after another.
   * @param passed versions that stood between the heads of the last look and this one: whoever may write can replace
   * an order before anybody sees it.
   */
  readonly look: (notes: readonly SignedNote[], passed?: PastNotes) => Promise<Orders>;
  /** Whether an operator signed a note, which may be older than what is obeyed. */
  readonly isSigned: (note: SignedNote) => Promise<boolean>;
  /** What is obeyed, by the last look and the clock. */
  readonly current: () => Orders;
}

/** Past versions of signed notes, one after the other: whoever may write chooses how many there are. */
export type PastNotes = Iterable<SignedNote> | AsyncIterable<SignedNote>;

/** How far in the future a note may be signed, in seconds, since clocks differ. One of next year would outrank every later one. */
export const AHEAD_SECONDS = 600;

/** Notes whose result is known that are looked up before the loop has a turn. */
const KNOWN_AT_ONCE = 500;

/** What a keeper needs. */
export interface OrderKeeperParts {
  /** The memory of this host, in its state folder. Undefined for a command: it looks and remembers nothing. */
  readonly file: string | undefined;
  /** What is known already, if it was read. */
  readonly known?: readonly Obeyed[];
  readonly keys: OperatorKeys;
  /** The swarm that signatures must be for, as `swarmId` names it. */
  readonly swarm: string;
  readonly recoverWallet: RecoverWallet;
  /** Past versions of the notes: asked once, at the first look, since orders may have come and been replaced before it. */
  readonly history: () => PastNotes;
  /** The author of the last commit that touched a path, for people who look for the cause. */
  readonly authorOf: (path: string) => Promise<string | undefined>;
  /** Seconds since 1970. */
  readonly clock: () => number;
}

const requirementsSchema = z.object(requirementsShape);
const orderSchema = z.object(quarantineShape);

/** A note whose signatures were verified. */
interface Verified {
  readonly facts: SignedFacts;
  /** Signatures by the key that made each. */
  readonly by: ReadonlyMap<string, string>;
}

/** Opens the keeper of a host. What was remembered counts only if its signatures still do: a key that is taken from the configuration loses what it signed. */
export async function openOrderKeeper(parts: OrderKeeperParts): Promise<OrderKeeper> {
  const { file, keys, swarm, clock } = parts;
  const obeyed = new Map<string, Verified>();
  /** The results for the notes of the last look, by everything that they depend on. */
  let verdicts = new Map<string, Verified | WhyNotObeyed>();
  let findings: readonly OrderFinding[] = [];
  let authors = new Map<string, { readonly author: string | undefined; readonly of: string }>();
  let queue: Promise<unknown> = Promise.resolve();

  const verify = async ({ facts, signatures }: SignedNote): Promise<Verified | WhyNotObeyed> => {
    if (facts === undefined) return 'unreadable';
    const text = signedText(swarm, facts);
    const signers = await verifySigners(text, signatures, keys, parts.recoverWallet);
    return signers.type === 'signed' ? { facts, by: signers.by } : signers.type;
  };

  /** Obeys a verified note if it is newer than what is obeyed at its path; else says why not. */
  const take = (note: Verified): WhyNotObeyed | undefined => {
    const { path, signedAt } = note.facts;
    if (signedAt > clock() + AHEAD_SECONDS) return 'future';
    const known = obeyed.get(path);
    if (known === undefined || signedAt > known.facts.signedAt) obeyed.set(path, note);
    else if (signedAt < known.facts.signedAt) return 'older';
    else if (!isSame(known.facts, note.facts)) return 'same-second';
    else if ([...note.by.keys()].some((key) => !known.by.has(key))) {
      obeyed.set(path, { facts: known.facts, by: new Map([...known.by, ...note.by]) });
    }
    return undefined;
  };

  const takeAll = async (notes: PastNotes): Promise<void> => {
    for await (const note of notes) {
      const verified = await verify(note);
      if (typeof verified !== 'string') take(verified);
    }
  };

  const save = async (): Promise<void> => {
    if (file === undefined) return;
    const notes = [...obeyed.values()].map(({ facts, by }) => ({ facts, signatures: [...by.values()] }));
    await writeObeyed(file, { keys: formatOperatorKeys(keys), swarm, notes });
  };

  const remembered = file === undefined ? undefined : await readObeyed(file);
  const known = parts.known ?? remembered?.notes;
  await takeAll((known ?? []).map(({ facts, signatures }) => ({ path: facts.path, facts, signatures })));
  let mustSearch = true;
  let isUnsaved = false;

  const current = (): Orders => ordersOf([...obeyed.values()], findings, clock());

  async function look(notes: readonly SignedNote[], passed: PastNotes): Promise<Orders> {
    const before = [...obeyed.values()];
    await takeAll(mustSearch ? parts.history() : passed);
    const fresh = new Map<string, Verified | WhyNotObeyed>();
    const whys = new Map<string, readonly [why: WhyNotObeyed, of: string]>();
    for (const note of notes) {
      const key = JSON.stringify(note);
      let verdict = verdicts.get(key);
      if (verdict === undefined) {
        verdict = await verify(note);
        // Anybody who writes as people can put thousands of them there, with signatures that must be tried.
        await nextTurn();
      } else if (fresh.size % KNOWN_AT_ONCE === 0) await nextTurn();
      fresh.set(key, verdict);
      const why = typeof verdict === 'string' ? verdict : take(verdict);
      if (why !== undefined && asksForMore(note, obeyed.get(note.path), clock())) whys.set(note.path, [why, key]);
    }
    for (const [path, one] of obeyed) {
      const isThere = notes.some((note) => note.path === path);
      if (!isThere && inForce(one, clock())) whys.set(path, ['removed', '']);
    }
    verdicts = fresh;
    findings = await Promise.all(
      [...whys].slice(0, MAX_ORDER_FINDINGS).map(async ([path, [why, of]]) => {
        const before = authors.get(path);
        // Finding an author walks the history, so it is done once a version.
        const author = before?.of === of ? before.author : await parts.authorOf(path).catch(() => undefined);
        return { path, why, author, of };
      }),
    ).then((found) => {
      authors = new Map(found.map(({ path, author, of }) => [path, { author, of }]));
      return found.map(({ path, why, author }) => ({ path, why, author }));
    });
    const isChanged = before.length !== obeyed.size || [...obeyed.values()].some((one, at) => one !== before[at]);
    isUnsaved ||= isChanged || mustSearch;
    mustSearch = false;
    // With a full disk it is obeyed all the same, and saved by a later look; who writes to the vault says that the disk is full.
    if (isUnsaved) {
      isUnsaved = await save().then(
        () => false,
        () => true,
      );
    }
    return current();
  }

  return {
    look: (notes, passed = []) => {
      const result = queue.then(() => look(notes, passed));
      queue = result.catch(() => {});
      return result;
    },
    isSigned: async (note) => typeof (await verify(note)) !== 'string',
    current,
  };
}

function ordersOf(all: readonly Verified[], findings: readonly OrderFinding[], now: number): Orders {
  const config = all.find(({ facts }) => facts.path === CONFIG_PATH);
  const quarantined = new Map<AgentName, Quarantine>();
  for (const one of all) {
    const quarantine = quarantineOf(one, now);
    if (quarantine !== undefined) quarantined.set(quarantine.agent, quarantine);
  }
  if (config === undefined) return { ...NO_ORDERS, quarantined, findings };
  return {
    requirements: requirementsSchema.parse(config.facts.fields),
    requiredBy: { at: config.facts.signedAt, keys: [...config.by.keys()] },
    quarantined,
    findings,
  };
}

function quarantineOf({ facts, by }: Verified, now: number): Quarantine | undefined {
  if (facts.kind !== 'quarantine') return undefined;
  return quarantineAt(orderSchema.parse(facts.fields), facts.signedAt, [...by.keys()], now);
}

/** Whether what is obeyed differs from what would hold without it. */
function inForce(one: Verified, now: number): boolean {
  if (one.facts.kind === 'quarantine') return quarantineOf(one, now) !== undefined;
  return !areSame(one.facts.fields, { ...NO_REQUIREMENTS });
}

/** Whether a note that isn't obeyed says something else than what holds. */
function asksForMore({ facts }: SignedNote, known: Verified | undefined, now: number): boolean {
  if (facts === undefined) return true;
  if (known !== undefined) return !areSame(facts.fields, known.facts.fields);
  if (facts.kind === 'config') return !areSame(facts.fields, { ...NO_REQUIREMENTS });
  return facts.fields.state === 'quarantined' && Number(facts.fields.until) > now;
}

function isSame(one: SignedFacts, other: SignedFacts): boolean {
  return one.signedAt === other.signedAt && areSame(one.fields, other.fields);
}

function areSame(one: SignedFacts['fields'], other: SignedFacts['fields']): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => one[name] === other[name]);
}
