import { z } from 'zod';
import { PEOPLE } from './ids.ts';
import { type NoteProblem, noteEnvelope, type ReadableKind } from './note.ts';
import { type SignedFacts, signatureShape } from './signed-note.ts';
import type { VaultIndex } from './vault.ts';

/**
 * The version of the protocol that this program implements: the schemas of notes, the signed data and the steps of a trade.
 * It is raised when an older program would misread a newer one's notes.
 */
export const PROTOCOL = 1;
/** The oldest protocol version whose open trades this program continues. */
const OLDEST_PROTOCOL = 1;

const version = z.string().regex(/^\d{1,4}\.\d{1,4}\.\d{1,4}$/, 'must be a version, as in 0.1.0');

/** The build that runs: its version, its commit (empty if unknown) and its image (empty outside of containers). */
export interface Build {
  readonly version: string;
  readonly commit: string;
  readonly image: string;
}

/** Formats the version and commit of a build, as in `0.1.0+3c01cb0`. */
export function formatBuild({ version, commit }: Build): string {
  return commit === '' ? version : `${version}+${commit}`;
}

/** The fields of `shared/config.md` that agents obey. */
export const requirementsShape = { protocol: z.number().int().positive().max(9999), minVersion: version.optional() };

/** What every program that trades in a swarm must meet. */
export type Requirements = Readonly<z.infer<z.ZodObject<typeof requirementsShape>>>;

/** What holds where no operator required anything. */
export const NO_REQUIREMENTS: Requirements = { protocol: PROTOCOL };

const swarmConfig = z.object({
  ...noteEnvelope.shape,
  kind: z.literal('config'),
  schema: z.literal(1),
  owner: z.literal(PEOPLE),
  ...requirementsShape,
  ...signatureShape,
});
/** `shared/config.md`: requirements, obeyed if an operator signed them. */
export type SwarmConfig = z.infer<typeof swarmConfig>;

/** The path of the configuration note. */
export const CONFIG_PATH = 'shared/config.md';

/** `shared/config.md`, if it is of kind `config`: the swarm's protocol, and the oldest version that may trade. People write it. */
export const configKind: ReadableKind<SwarmConfig> = {
  kind: 'config',
  version: 1,
  path: /^shared\/config\.md$/,
  schema: swarmConfig,
};

/** What a signature of `shared/config.md` covers. */
export function requirementsFacts({ protocol, minVersion }: Requirements, signedAt: number): SignedFacts {
  return { kind: 'config', path: CONFIG_PATH, signedAt, fields: { protocol, minVersion } };
}

/** Whether a text may be a configuration. Older vaults have a page for people there. */
export function isConfigText(text: string): boolean {
  return /^kind: *["']?config["']? *$/m.test(text.slice(0, 2000));
}

/** Formats requirements for people. */
export function formatRequirements({ protocol, minVersion }: Requirements): string {
  return minVersion === undefined ? `protocol ${protocol}` : `protocol ${protocol}, version ${minVersion} or newer`;
}

/** Why an agent doesn't trade. */
export interface Refusal {
  readonly reason: string;
  /** Whether it still ends the trades that it reads: each stands on chain, and ending it pays nothing twice. */
  readonly endsTrades: boolean;
}

/**
 * Says why an agent must not trade in this vault; undefined if it may. Reasons: this program doesn't meet what an operator
 * required; or notes in the agent's own folder have a newer schema: a newer program wrote them, or its folder is over its
 * bounds. Acting on only a part of the own trades could pay twice.
 * @param required what this host obeys, which is not always what `shared/config.md` says.
 */
export function refusalOf(vault: VaultIndex, agent: string, build: Build, required: Requirements): Refusal | undefined {
  const reason = refuseRequirements(required, build) ?? refuseNewerNotes(vault, agent);
  if (reason !== undefined) return { reason, endsTrades: false };
  const unread = findUnread(vault, agent);
  return unread === undefined ? undefined : { reason: unread, endsTrades: true };
}

function refuseRequirements({ protocol, minVersion }: Requirements, build: Build): string | undefined {
  if (protocol < OLDEST_PROTOCOL || protocol > PROTOCOL) {
    return `the swarm uses protocol ${protocol}, this program supports ${PROTOCOL}`;
  }
  if (minVersion !== undefined && isOlder(build.version, minVersion)) {
    return `the swarm wants version ${minVersion} or newer, this program is ${build.version}`;
  }
  return undefined;
}

function findUnread(vault: VaultIndex, agent: string): string | undefined {
  const isUnread = ({ path }: NoteProblem): boolean => {
    if (path === `agents/${agent}` || path === `of ${agent}`) return true;
    // There are more agents' folders than are read: its own is read if its page is there.
    return path === 'agents' && vault.text(`agents/${agent}/state.md`) === undefined;
  };
  const unread = vault.problems.find((problem) => problem.code === 'vault/over-bound' && isUnread(problem));
  return unread === undefined ? undefined : `its own notes are read only in part: ${unread.path}: ${unread.detail}`;
}

function refuseNewerNotes(vault: VaultIndex, agent: string): string | undefined {
  const own = vault.problems.filter(
    ({ path, code }) =>
      code === 'vault/wrong-schema' && path.startsWith(`agents/${agent}/`) && path !== `agents/${agent}/state.md`,
  );
  const [first] = own;
  if (first === undefined) return undefined;
  return `${own.length} of its own notes have another schema version: ${first.path}: ${first.detail}`;
}

/** Whether version `a` is older than `b`. A text that is not a version is older than all. */
function isOlder(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => (version.safeParse(text).success ? text.split('.').map(Number) : []));
  for (const part of [0, 1, 2]) {
    const difference = (left?.[part] ?? -1) - (right?.[part] ?? -1);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
