/**
 * A text with a secret in it: its kind, and the text with the secret in `⟦⟧`. `¦` parts tokens that a scanner of repositories
 * would take for real, and is removed. `missed` marks what the rules are known to leave.
 */
export type Form = readonly [kind: string, marked: string, missed?: 'missed'];

/** The text as somebody says it, and its secrets. */
export function unmarked(marked: string): { readonly text: string; readonly secrets: readonly string[] } {
  const whole = marked.replaceAll('¦', '');
  const secrets = [...whole.matchAll(/⟦([^⟧]*)⟧/g)].map(([, secret = '']) => secret);
  return { text: whole.replace(/[⟦⟧]/g, ''), secrets };
}

/** Parts of addresses that tell nothing by themselves. */
const TELLS_NOTHING = /^(?:dot|punto|at|arroba|com|net|org|gmail|hotmail|yahoo|mail|calle|street|avenue)$/i;

/**
 * Whether anything of a secret is left in what `text` became: all of it, or any word or number of it of three characters and
 * more that stands nowhere else in the text.
 */
export function isLeft(secret: string, text: string, became: string): boolean {
  const context = text.replaceAll(secret, ' ');
  const rest = became.replace(/\[[a-z]+\]/g, ' ');
  const parts = (secret.match(/[\p{L}\p{N}]{3,}/gu) ?? []).filter(
    (part) => !TELLS_NOTHING.test(part) && !context.includes(part),
  );
  return (!context.includes(secret) && rest.includes(secret)) || parts.some((part) => rest.includes(part));
}
