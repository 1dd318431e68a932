/** A pattern for keys and secrets; `isKey` judges what the pattern alone can't. */
export interface KeyRule {
  readonly pattern: RegExp;
  readonly isKey?: (match: string) => boolean;
}

/** What keys look like, the most telling first: PEM and OpenSSH keys, cloud and forge tokens, fingerprints, long hex. */
export const KEY_RULES: readonly KeyRule[] = [
  { pattern: /-----BEGIN [A-Z0-9 ]{1,60}-----(?:(?!-----END ).)*(?:-----END [A-Z0-9 ]{1,60}-----)?/gsu },
  {
    pattern:
      /(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-[a-z0-9-]{1,30}|sk-ssh-[a-z0-9@.-]{1,40})\s+[A-Za-z0-9+/]{16,}={0,2}/g,
  },
  { pattern: /AAAA[BCE][A-Za-z0-9+/]{24,}={0,2}/g },
  { pattern: /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}(?![A-Za-z0-9])/g },
  {
    pattern:
      /(?<![A-Za-z0-9])(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk-|sk_live_|rk_live_|AIza)[A-Za-z0-9_-]{16,}/g,
  },
  { pattern: /eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g },
  { pattern: /AGE-SECRET-KEY-1[0-9A-Z]{20,}/g },
  { pattern: /(?:SHA256|MD5):[A-Za-z0-9+/:]{32,}={0,2}/g },
  { pattern: /(?:[0-9a-f]{2}[: ]){15,}[0-9a-f]{2}/gi },
  { pattern: /(?<![0-9a-z])(?:[0-9a-f]{4}\s{1,2}){4,}[0-9a-f]{4}(?![0-9a-z])/gi },
  { pattern: /0x[0-9a-f]{16,}|[0-9a-f]{32,}/gi },
  { pattern: /(?<![A-Za-z0-9])[5KLc][1-9A-HJ-NP-Za-km-z]{50,51}(?![A-Za-z0-9])/g },
  { pattern: /[A-Za-z0-9+]{40,}={0,2}/g, isKey: isMixed },
  {
    pattern: /(?<![\w/.:~-])[A-Za-z0-9+/]{40,}={0,2}/g,
    isKey: (match) => isMixed(match) && (match.length === 40 || /\+|\d.*\d.*\d.*\d/.test(match)),
  },
  { pattern: /(?<=(?:password|passwd|passphrase|secret|api_?key|token|contraseña|clave)=)[^\s&"'[]{6,}/giu },
];

function isMixed(match: string): boolean {
  return /[a-z]/.test(match) && /[A-Z]/.test(match) && /\d/.test(match);
}
