import { type Found, finder, type Rule } from './rule.ts';

/** Tokens that say themselves whose they are, by the prefix that their issuer gives them. */
const PREFIXED =
  /(?<![A-Za-z0-9])(?:gh[pousr]_|github_pat_|gl(?:pat|dt|rt|ptt|soat|cbt)-|xox[a-z]-|xapp-|sk-|[spr]k_(?:live|test)_|whsec_|AIza|ya29\.|GOCSPX-|1\/\/0|npm_|pypi-|hf_|dop_v1_|shp(?:at|ca|pa|ss)_|hvs\.|tskey-|NRAK-|glsa_|PMAK-|figd_|sbp_|gsk_|xai-|r8_|dckr_pat_|lin_api_|ntn_|secret_|ATATT|ATCTT|sq0(?:atp|csp)-|EAA[A-Z]|dapi|rubygems_|pplx-|LTAI|sntry[su]_|live_(?=\d{6,}_)|dp\.pt\.|SK(?=[0-9a-f]{32})|AC(?=[0-9a-f]{32})|PVEAPIToken=)[A-Za-z0-9_=.-]{16,}/g;
const SENDGRID = /(?<![A-Za-z0-9])SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/g;
const TELEGRAM = /(?<![A-Za-z0-9])(?:bot)?\d{8,10}:[A-Za-z0-9_-]{33,37}(?![A-Za-z0-9_-])/g;
const DISCORD =
  /(?<![A-Za-z0-9_-])(?:mfa\.[A-Za-z0-9_-]{60,}|[A-Za-z0-9_-]{23,28}\.[A-Za-z0-9_-]{6,7}\.[A-Za-z0-9_-]{27,40})(?![A-Za-z0-9_-])/g;
const WEBHOOK =
  /(?:hooks\.slack\.com\/(?:services|workflows|triggers)|discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks|outlook\.office\.com\/webhook|api\.telegram\.org)\/(?<secret>[^\s"'<>)]{16,300})/gi;
const JWT = /eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]{0,2000})?/g;
const HEADER =
  /(?<![\p{L}\p{N}])(?:authorization|proxy-authorization|bearer|basic|x-api-key|x-auth-token|x-access-token|private-token|cookie|set-cookie)(?:["']?\s?[:=]\s?["']?|\s)(?:(?:basic|bearer|token|digest|apikey|bot)\s)?["']?(?<secret>[A-Za-z0-9+/=._~:-]{8,2000})/giu;
const PEM = /-----BEGIN [A-Z0-9 ]{1,60}-----(?:(?!-----END ).)*(?:-----END [A-Z0-9 ]{1,60}-----)?/gsu;
const OPENSSH =
  /(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-[a-z0-9-]{1,30}|sk-ssh-[a-z0-9@.-]{1,40})\s+[A-Za-z0-9+/]{16,}={0,2}/g;
const ACCOUNT_KEY =
  /(?:AccountKey|SharedAccessKey|sig|signature|X-Amz-Signature|access_token|refresh_token)=(?<secret>[A-Za-z0-9+/%=._~-]{16,600})/g;
/** `api_key: …`, `my token is …`: a value that has the look of a key. */
const NAMED =
  /(?<![\p{L}\p{N}])[\p{L}\p{N}_-]{0,40}?(?:secret|token|api[ _-]?key|apikey|access[ _-]?key|private[ _-]?key|license[ _-]?key|stream[ _-]?key|serial(?: number)?|product[ _-]?key|auth|credential|signature|client[ _-]?id|llave|webhook)["']?(?:\s(?:for|de|del|of)\s[^\s]{1,20})?\s?(?<sign>[:=]{1,2}|=>|->|\bis\b|\bes\b|\s)\s?["'`]?(?<secret>[A-Za-z0-9+/=._~:-]{12,600})/giu;

function isMixed(match: string): boolean {
  return /[a-z]/.test(match) && /[A-Z]/.test(match) && /\d/.test(match);
}

/** Whether a header's or a setting's value is random rather than words: letters and at least two digits, or `==` at the end. */
function isRandom({ secret }: Found): boolean {
  if (/^https?:|^[\w-]+\.(?:com|org|net)\b/.test(secret)) return false;
  const digits = secret.match(/\d/g)?.length ?? 0;
  return (
    (digits >= 2 && /\p{L}/u.test(secret)) ||
    digits >= 12 ||
    /=$/.test(secret) ||
    (/[a-z][A-Z].*[a-z][A-Z]/.test(secret) && !/[=:.]/.test(secret))
  );
}

/** Whether hex digits name a commit: forty of them after a word of git or in the address of one. */
function isCommit({ secret, before }: Found): boolean {
  if (secret.length !== 40) return false;
  return /(?:\b(?:commits?|git (?:show|log|checkout|reset(?: --hard)?|revert|cherry-pick|bisect (?:good|bad)|diff)|revert(?:ed)?|cherry-pick|rev(?:ision)?|HEAD|merge|sha-?1?|parent|tree|blob)[\s:=(/]{1,3}|\/(?:commit|tree|blob|rev)\/(?:\?id=)?|\?(?:id|h)=)$/i.test(
    before,
  );
}

/** Whether digits and letters in fours are a fingerprint rather than numbers or a dump. */
function isFingerprint({ secret }: Found): boolean {
  return /[a-f]/i.test(secret) && /\d/.test(secret);
}

/** Keys and tokens: those with an issuer's prefix, those in headers and settings, PEM and OpenSSH keys, fingerprints, long hex. */
export const KEY_RULES: readonly Rule[] = [
  { kind: 'key', any: ['-----begin '], find: finder(PEM) },
  { kind: 'key', any: ['ssh-', 'ecdsa-'], find: finder(OPENSSH) },
  {
    kind: 'key',
    run: 16,
    find: finder(PREFIXED, ({ secret }) => /\d/.test(secret) || secret.length > 40),
  },
  { kind: 'key', run: 35, any: ['sg.'], find: finder(SENDGRID) },
  { kind: 'key', run: 40, digits: 8, any: [':'], find: finder(TELEGRAM) },
  {
    kind: 'key',
    run: 50,
    find: finder(DISCORD, ({ secret }) => isMixed(secret)),
  },
  { kind: 'key', run: 20, any: ['webhook', 'hooks.', 'telegram.org'], find: finder(WEBHOOK) },
  { kind: 'key', run: 20, any: ['eyj'], find: finder(JWT) },
  {
    kind: 'key',
    run: 8,
    any: ['authorization', 'bearer', 'basic', 'x-a', 'token', 'cookie'],
    find: finder(HEADER, (found) => isRandom(found) && !/[^=]=[^=]/.test(found.secret)),
  },
  { kind: 'key', run: 16, any: ['='], find: finder(ACCOUNT_KEY, isRandom) },
  {
    kind: 'key',
    run: 12,
    any: ['secret', 'token', 'key', 'serial', 'auth', 'credential', 'signature', 'client', 'llave', 'webhook'],
    // Without a sign between, only what has all that chance gives.
    find: finder(
      NAMED,
      (found) => isRandom(found) && (found.match.groups?.sign?.trim() !== '' || isMixed(found.secret)),
    ),
  },
  {
    kind: 'key',
    run: 20,
    hint: /A[A-Z]{3}[0-9A-Z]{16}/,
    find: finder(/(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}(?![A-Za-z0-9])/g),
  },
  { kind: 'key', run: 28, any: ['aaaa'], find: finder(/AAAA[BCE][A-Za-z0-9+/]{24,}={0,2}/g) },
  { kind: 'key', run: 30, any: ['age-secret'], find: finder(/AGE-SECRET-KEY-1[0-9A-Z]{20,}/gi) },
  { kind: 'key', run: 32, any: ['sha256:', 'md5:'], find: finder(/(?:SHA256|MD5):[A-Za-z0-9+/:]{32,}={0,2}/g) },
  { kind: 'key', run: 47, any: [':'], find: finder(/(?:[0-9a-f]{2}:){15,}[0-9a-f]{2}/gi) },
  {
    kind: 'key',
    digits: 2,
    hint: /[0-9a-f]{4}[ -][ ]?[0-9a-f]{4}/i,
    find: finder(/(?<![0-9a-z])(?:[0-9a-f]{4}\s{1,2}){4,}[0-9a-f]{4}(?![0-9a-z])/gi, isFingerprint),
  },
  {
    kind: 'key',
    run: 23,
    hint: /[A-Z0-9]{5}-[A-Z0-9]{5}-/,
    find: finder(
      /(?<![A-Z0-9-])[A-Z0-9]{5}(?:-[A-Z0-9]{5}){3,5}(?![A-Z0-9-])/g,
      ({ secret }) => /\d/.test(secret) && /[A-Z]/.test(secret),
    ),
  },
  { kind: 'key', run: 32, hint: /[0-9a-f]{32}/i, find: finder(/(?:0x)?[0-9a-f]{32,}/gi, (found) => !isCommit(found)) },
  { kind: 'key', run: 40, find: finder(/[A-Za-z0-9+]{40,}={0,2}/g, ({ secret }) => isMixed(secret)) },
  {
    kind: 'key',
    run: 40,
    find: finder(
      /(?<![\w/.:~-])[A-Za-z0-9+/]{40,}={0,2}/g,
      ({ secret }) => isMixed(secret) && (secret.length === 40 || /\+|\d.*\d.*\d.*\d/.test(secret)),
    ),
  },
];
