import { type Address, type Hex, recoverAddress } from 'viem';
import { isCanonicalSignature } from './signature.ts';

/** The claim that `signer` signed `digest`. `digest` is computed only if the result isn't cached. */
export interface SignatureClaim {
  /** The immutable object that was signed; its result is cached as long as it lives. */
  readonly subject: object;
  /** The domain and type with which the subject was hashed. */
  readonly scope: string;
  readonly digest: () => Hex;
  readonly signature: Hex;
  readonly signer: Address;
}

/** Caches checked signatures, so that the agents of a host recover each one once. Share one a process. */
export interface SignatureCache {
  /** Whether the claim is true. False, never an error, for malformed or malleable signatures. */
  readonly verify: (claim: SignatureClaim) => Promise<boolean>;
  /** How many signatures were recovered, for tests and benchmarks. */
  readonly recoveries: () => number;
}

/** Stores recovered signers across restarts. The signer depends only on digest and signature; the digest includes the domain. */
export interface SignatureMemory {
  /** The signer of a signature over a digest, `nobody` if it is invalid; undefined if it isn't stored. */
  readonly recall: (digest: Hex, signature: Hex) => Address | 'nobody' | undefined;
  readonly keep: (digest: Hex, signature: Hex, signer: Address | 'nobody') => void;
}

/**
 * Creates an empty cache. The least recently checked digests beyond `limit` are dropped.
 * @param memory signers stored by earlier processes; nobody else may be able to write to it.
 */
export function createSignatureCache(limit = 50_000, memory?: SignatureMemory): SignatureCache {
  const byDigest = new Map<string, Promise<Address | undefined>>();
  const bySubject = new WeakMap<object, Map<string, boolean>>();
  let recoveries = 0;

  function recover(digest: Hex, signature: Hex): Promise<Address | undefined> {
    const id = digest + signature;
    const known = byDigest.get(id);
    if (known !== undefined) {
      byDigest.delete(id);
      byDigest.set(id, known);
      return known;
    }
    const found = recallSigner(digest, signature);
    byDigest.set(id, found);
    if (byDigest.size > limit) {
      const oldest = byDigest.keys().next().value;
      if (oldest !== undefined) byDigest.delete(oldest);
    }
    return found;
  }

  async function recallSigner(digest: Hex, signature: Hex): Promise<Address | undefined> {
    const kept = memory?.recall(digest, signature);
    if (kept !== undefined) return kept === 'nobody' ? undefined : kept;
    recoveries += 1;
    const signer = await recoverAddress({ hash: digest, signature }).then(
      (address) => address.toLowerCase() as Address,
      () => undefined,
    );
    memory?.keep(digest, signature, signer ?? 'nobody');
    return signer;
  }

  return {
    recoveries: () => recoveries,
    verify: async ({ subject, scope, digest, signature, signer }) => {
      if (!isCanonicalSignature(signature)) return false;
      const claim = `${scope} ${signature} ${signer.toLowerCase()}`;
      const seen = bySubject.get(subject) ?? new Map<string, boolean>();
      const known = seen.get(claim);
      if (known !== undefined) return known;
      const holds = (await recover(digest(), signature)) === signer.toLowerCase();
      seen.set(claim, holds);
      bySubject.set(subject, seen);
      return holds;
    },
  };
}
