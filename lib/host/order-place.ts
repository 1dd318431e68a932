import { execFile } from 'node:child_process';
import { mkdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { formatError, SwarmError } from '../core/errors.ts';
import { joinOperatorKeys, type OperatorKeys } from '../core/operator-keys.ts';
import { type SignedFacts, signedText, swarmId, verifySigners } from '../core/signed-note.ts';
import { systemClock } from '../core/time.ts';
import { writeDurably } from '../files/durable.ts';
import { readDeployment } from '../market/escrow/deployment.ts';
import { recoverWallet } from '../market/terms/wallet-signature.ts';
import { createGit } from '../vault/git.ts';
import { readObeyed } from '../vault/obeyed-file.ts';
import { AHEAD_SECONDS } from '../vault/order-keeper.ts';
import { readVersions } from '../vault/path-history.ts';
import { type SignedNote, signedNotesOf } from '../vault/signed-notes.ts';
import { readOperatorKey } from './operator-key.ts';
import { findStateFolder } from './state-folder.ts';

/** Who signs. */
export interface OrderSigner {
  /** Its public key. */
  readonly keys: OperatorKeys;
  readonly sign: (text: string) => Promise<string>;
}

/** Where a signed note is written. */
export interface OrderPlace {
  /** The swarm that the signature is for. */
  readonly swarm: string;
  readonly signer: OrderSigner;
  /** The page at a path as it stands there. */
  readonly read: (file: string) => Promise<string | undefined>;
  /**
   * The newest note at a path that an operator is known to have signed, also if something else stands there now. What anybody
   * else may have written isn't carried over.
   */
  readonly known: (file: string) => Promise<SignedNote | undefined>;
  /**
   * Checks that what an order changes only in part is known whole.
   * @throws SwarmError `orders/unknown-signer` when another may have signed more, and the keys of other operators aren't known.
   */
  readonly checkKnown: (file: string) => Promise<void>;
  readonly write: (file: string, text: string, message: string) => Promise<void>;
  /** What happens next, for the person. */
  readonly after: string;
}

/**
 * Opens the swarm of this machine, running or stopped: a note is written into the opened folder, and the host lands it.
 * @param signer another key than that of the state folder.
 * @throws SwarmError `orders/never-started`, `keys/no-operator-key`, and those of a state folder.
 */
export async function openMachinePlace(state: string, signer: OrderSigner | undefined): Promise<OrderPlace> {
  const folder = await findStateFolder(state);
  const deployment = await readDeployment(folder.deployment);
  const isThere = await stat(path.join(folder.vault, '.git')).then(
    () => true,
    () => false,
  );
  if (deployment === undefined || !isThere) {
    throw new SwarmError({
      code: 'orders/never-started',
      disposition: 'stop',
      message: `The swarm in ${folder.dir} has no vault that people open`,
      next: 'Start it once with npm start. For a swarm behind a hub, clone its vault and name the clone with --vault.',
    });
  }
  const key = signer ?? (await readOperatorKey(folder.operatorKey));
  const obeyed = await readObeyed(folder.obeyed);
  return {
    swarm: swarmId(deployment),
    signer: { keys: key.keys, sign: async (text) => key.sign(text) },
    read: (file) => readPage(folder.vault, file),
    known: async (file) => {
      const found = obeyed?.notes.find(({ facts }) => facts.path === file);
      return found === undefined ? undefined : { path: file, ...found };
    },
    checkKnown: async () => undefined,
    write: (file, text) => writePage(folder.vault, file, text),
    after: 'The swarm obeys it within seconds, or at its next start.',
  };
}

const run = promisify(execFile);

/**
 * Opens a person's clone of a hub's vault: a note is committed and pushed with the person's own git.
 * @param trusted keys of other operators, besides the signer's own.
 * @throws SwarmError `orders/no-clone`, `orders/not-pushed`.
 */
export async function openClonePlace(
  clone: string,
  swarm: string,
  signer: OrderSigner,
  trusted: OperatorKeys,
): Promise<OrderPlace> {
  const git = async (...args: readonly string[]): Promise<string> => {
    try {
      return (await run('git', args, { cwd: clone })).stdout;
    } catch (cause) {
      throw new SwarmError({
        code: 'orders/not-pushed',
        disposition: 'stop',
        message: `git ${args[0] ?? ''} failed in ${clone}: ${formatError(cause)}`,
        next: 'Look at it with git status and git pull --rebase there, then give the command again: it changes nothing twice.',
        cause,
      });
    }
  };
  const isClone = await stat(path.join(clone, '.git')).then(
    () => true,
    () => false,
  );
  if (!isClone) {
    throw new SwarmError({
      code: 'orders/no-clone',
      disposition: 'stop',
      message: `${clone} is not a clone of a vault`,
      next: 'Clone it from the hub (git clone https://<hub>:8443/vault.git), and name the clone with --vault.',
    });
  }
  await git('pull', '--quiet', '--rebase');
  const keys = joinOperatorKeys(signer.keys, trusted);
  const isListed = trusted.ssh.size + trusted.wallets.size > 0;

  /** The newest signed by an operator, and whether one that is as new is by a key that isn't known here. */
  async function search(file: string): Promise<{ readonly newest: SignedNote | undefined; readonly isSure: boolean }> {
    let newest: SignedNote | undefined;
    let unknownAt = -1;
    for await (const note of signedNotesOf(readVersions(createGit(clone), 'HEAD', [file]))) {
      const { facts, signatures } = note;
      if (facts === undefined || facts.signedAt > systemClock() + AHEAD_SECONDS) continue;
      const signers = await verifySigners(signedText(swarm, facts), signatures, keys, recoverWallet);
      if (signers.type === 'unknown-key') unknownAt = Math.max(unknownAt, facts.signedAt);
      if (signers.type !== 'signed' || facts.signedAt <= (newest?.facts?.signedAt ?? -1)) continue;
      newest = note;
    }
    return { newest, isSure: isListed || unknownAt < (newest?.facts?.signedAt ?? 0) };
  }

  return {
    swarm,
    signer,
    read: (file) => readPage(clone, file),
    known: async (file) => (await search(file)).newest,
    checkKnown: async (file) => {
      if ((await search(file)).isSure) return;
      throw new SwarmError({
        code: 'orders/unknown-signer',
        disposition: 'stop',
        message: `${file} was signed by a key that is not known here: what another operator required would be dropped`,
        next: 'Set KK_OPERATOR_KEYS to the operators’ public keys, as the hosts have them (operatorKeys in infra/fleet.yaml), and give the command again.',
      });
    },
    write: async (file, text, message) => {
      await writePage(clone, file, text);
      await git('add', '--', file);
      await git('commit', '--quiet', '-m', message, '--', file);
      await git('push', '--quiet', 'origin', 'HEAD:main');
    },
    after: 'It is pushed; all hosts obey it at their next beat if the key is among their operators’ keys.',
  };
}

/** Signs what a note says. */
export async function signFacts(
  { swarm, signer }: Pick<OrderPlace, 'swarm' | 'signer'>,
  facts: SignedFacts,
): Promise<string> {
  return signer.sign(signedText(swarm, facts));
}

function readPage(folder: string, file: string): Promise<string | undefined> {
  return readFile(path.join(folder, file), 'utf8').catch(() => undefined);
}

async function writePage(folder: string, file: string, text: string): Promise<void> {
  const target = path.join(folder, file);
  await mkdir(path.dirname(target), { recursive: true });
  await writeDurably(target, text);
}
