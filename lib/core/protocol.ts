import { z } from 'zod';
import { PEOPLE } from './ids.ts';
import { type NoteKind, type NoteProblem, noteEnvelope } from './note.ts';
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

const swarmConfig = z.object({
  ...noteEnvelope.shape,
  kind: z.literal('config'),
  schema: z.literal(1),
  owner: z.literal(PEOPLE),
  protocol: z.number().int().positive(),
  minVersion: version.optional(),
});
/** The requirements that people set for every program that trades in a swarm. */
export type SwarmConfig = z.infer<typeof swarmConfig>;

/** The path of the configuration note. */
export const CONFIG_PATH = 'shared/config.md';

/** `shared/config.md`, if it is of kind `config`: the swarm's protocol, and the oldest version that may trade. */
const configKind: NoteKind<SwarmConfig> = {
  kind: 'config',
  version: 1,
  path: /^shared\/config\.md$/,
  schema: swarmConfig,
  front: (data) => ({ ...data }),
  body: () => '# Configuration',
};

/**
 * Says why an agent must not trade in this vault; undefined if it may. Reasons: this program doesn't meet the swarm's
 * requirements, or can't read it; or notes in the agent's own folder have a newer schema: a newer program wrote them,
 * or its folder is over its bounds. Acting on only a part of the own trades could pay twice.
 */
export function refusalOf(vault: VaultIndex, agent: string, build: Build): string | undefined {
  return refuseConfig(vault, build) ?? refuseOwnNotes(vault, agent);
}

function refuseConfig(vault: VaultIndex, build: Build): string | undefined {
  const text = vault.text(CONFIG_PATH);
  // Older vaults have a page for people there, without requirements.
  if (text === undefined || !/^kind: *["']?config["']? *$/m.test(text.slice(0, 2000))) return undefined;
  const data = vault.note(configKind, CONFIG_PATH)?.data;
  if (data === undefined) {
    const problem = vault.problems.find(({ path }) => path === CONFIG_PATH);
    return `${CONFIG_PATH} can't be read: ${problem?.detail ?? 'it is not a configuration'}`;
  }
  if (data.protocol < OLDEST_PROTOCOL || data.protocol > PROTOCOL) {
    return `the swarm uses protocol ${data.protocol}, this program supports ${PROTOCOL}`;
  }
  if (data.minVersion !== undefined && isOlder(build.version, data.minVersion)) {
    return `the swarm wants version ${data.minVersion} or newer, this program is ${build.version}`;
  }
  return undefined;
}

function refuseOwnNotes(vault: VaultIndex, agent: string): string | undefined {
  const isUnread = ({ path }: NoteProblem): boolean => {
    if (path === `agents/${agent}` || path === `of ${agent}`) return true;
    // There are more agents' folders than are read: its own is read if its page is there.
    return path === 'agents' && vault.text(`agents/${agent}/state.md`) === undefined;
  };
  const unread = vault.problems.find((problem) => problem.code === 'vault/over-bound' && isUnread(problem));
  if (unread !== undefined) return `its own notes are read only in part: ${unread.path}: ${unread.detail}`;
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
