import { createHash } from 'node:crypto';
import { type OperatorKeys, parseOperatorKeys } from '../../lib/core/operator-keys.ts';
import { type Requirements, requirementsFacts } from '../../lib/core/protocol.ts';
import { type QuarantineOrder, quarantineFacts, quarantineKind } from '../../lib/core/quarantine.ts';
import { SIGNING_NAMESPACE, type SignedFacts, signedText } from '../../lib/core/signed-note.ts';
import { sshKeyOfSeed } from '../../lib/core/ssh-private-key.ts';
import { signWithSsh } from '../../lib/core/ssh-signature.ts';
import { encodeNote } from '../../lib/vault/codec.ts';
import { withFrontFields } from '../../lib/vault/front-fields.ts';

/** An operator of a test's swarm. */
export interface Operator {
  /** The line of its `.pub` file. */
  readonly line: string;
  /** Signs what a note says for a swarm. */
  readonly sign: (swarm: string, facts: SignedFacts, namespace?: string) => string;
}

/** The operator of a name: the same key for the same name. */
export function operator(name: string): Operator {
  const { privateKey, publicWire } = sshKeyOfSeed(createHash('sha256').update(name).digest());
  return {
    line: `ssh-ed25519 ${publicWire.toString('base64')} ${name}`,
    sign: (swarm, facts, namespace = SIGNING_NAMESPACE) =>
      signWithSsh(privateKey, publicWire, namespace, signedText(swarm, facts)),
  };
}

/** The keys of operators, as a host's configuration lists them. */
export function keysOf(...operators: readonly Operator[]): OperatorKeys {
  return parseOperatorKeys(operators.map(({ line }) => line).join('\n'));
}

/** The text of `shared/config.md`, signed by operators. */
export function configText(
  swarm: string,
  required: Requirements,
  signedAt: number,
  ...by: readonly Operator[]
): string {
  const signatures = by.map((one) => one.sign(swarm, requirementsFacts(required, signedAt)));
  const front = { kind: 'config', schema: 1, id: 'shared/config', owner: 'people', ...required, signedAt, signatures };
  return withFrontFields('---\n---\n# Configuration\n', front) ?? '';
}

/** The text of a quarantine's note, signed by operators. */
export function quarantineText(
  swarm: string,
  order: QuarantineOrder,
  signedAt: number,
  ...by: readonly Operator[]
): string {
  const signatures = by.map((one) => one.sign(swarm, quarantineFacts(order, signedAt)));
  return encodeNote(quarantineKind, {
    kind: 'quarantine',
    schema: 1,
    id: `quarantine-${order.agent}`,
    owner: 'people',
    ...order,
    signedAt,
    signatures,
  });
}
