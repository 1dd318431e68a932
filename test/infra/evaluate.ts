import type { PolicyDocument, Statement } from '../../infra/policy/document.ts';

/** One call to AWS as IAM sees it. `context` keys are in lower case; an absent key is absent from the request. */
export interface Call {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** The policies that bear on a call. Within one account, identity and resource policies add up; a deny anywhere wins. */
export interface Policies {
  readonly identity: readonly PolicyDocument[];
  readonly resource?: readonly PolicyDocument[];
  /** Keys and role trust: the resource's policy has to say yes as well, if only by naming the account's root. */
  readonly resourceMustAllow?: boolean;
  readonly boundary?: PolicyDocument;
}

/**
 * Whether IAM lets a call pass: an explicit deny wins, then a boundary must allow, then any allow does.
 * Source: IAM user guide, "Policy evaluation logic" and "JSON policy elements".
 */
export function isAllowed(call: Call, policies: Policies): boolean {
  const resource = policies.resource ?? [];
  const identityStatements = policies.identity.flatMap((document) => document.Statement);
  const resourceStatements = resource.flatMap((document) => document.Statement);
  const boundary = policies.boundary?.Statement;
  const applies = (statement: Statement) => matches(statement, call);
  const every = [...identityStatements, ...resourceStatements.filter((one) => names(one, call)), ...(boundary ?? [])];
  if (every.some((statement) => statement.Effect === 'Deny' && applies(statement))) return false;
  const allows = (statement: Statement) => statement.Effect === 'Allow' && applies(statement);
  const byIdentity = identityStatements.some(allows) && (boundary === undefined || boundary.some(allows));
  const direct = resourceStatements.some((one) => names(one, call) && allows(one));
  const delegated = resourceStatements.some((one) => namesRoot(one, call) && allows(one));
  if (policies.resourceMustAllow === true) return direct || (delegated && byIdentity);
  return byIdentity || direct;
}

function matches(statement: Statement, call: Call): boolean {
  const action = call.action.toLowerCase();
  const inActions = (patterns: readonly string[]) => patterns.some((one) => wildcard(one.toLowerCase(), action));
  const inResources = (patterns: readonly string[]) =>
    patterns.some((one) => wildcard(substitute(one, call), call.resource));
  if (statement.Action !== undefined && !inActions(statement.Action)) return false;
  if (statement.NotAction !== undefined && inActions(statement.NotAction)) return false;
  // A trust policy has no resource: it is about the role it belongs to.
  if (statement.Resource !== undefined && !inResources(statement.Resource)) return false;
  if (statement.NotResource !== undefined && inResources(statement.NotResource)) return false;
  return Object.entries(statement.Condition ?? {}).every(([operator, block]) =>
    Object.entries(block).every(([key, wanted]) => holds(operator, key, wanted, call)),
  );
}

function holds(operator: string, key: string, wanted: string | readonly string[], call: Call): boolean {
  const context = { 'aws:principalarn': call.principal, ...call.context };
  const found = new Map(Object.entries(context)).get(key.toLowerCase());
  const values = found === undefined ? [] : typeof found === 'string' ? [found] : found;
  const patterns = (typeof wanted === 'string' ? [wanted] : wanted).map((one) => substitute(one, call));
  const ifExists = operator.endsWith('IfExists');
  const base = ifExists ? operator.slice(0, -'IfExists'.length) : operator;
  if (base === 'Null') return patterns.includes(String(found === undefined));
  if (ifExists && found === undefined) return true;
  const equal = (test: (pattern: string, value: string) => boolean) =>
    values.some((value) => patterns.some((pattern) => test(pattern, value)));
  switch (base) {
    case 'StringEquals':
      return equal((pattern, value) => pattern === value);
    case 'Bool':
      return equal((pattern, value) => pattern.toLowerCase() === value.toLowerCase());
    case 'StringLike':
    case 'ArnLike':
    case 'ArnEquals':
      return equal(wildcard);
    // Negated operators hold when the key is absent.
    case 'StringNotEquals':
      return !equal((pattern, value) => pattern === value);
    case 'StringNotLike':
    case 'ArnNotLike':
      return !equal(wildcard);
    default:
      throw new Error(`The evaluator doesn't know the operator ${operator}; teach it`);
  }
}

function names(statement: Statement, call: Call): boolean {
  const { Principal } = statement;
  if (Principal === undefined) return true;
  if (Principal === '*') return true;
  return [...list(Principal.AWS), ...list(Principal.Service)].some((one) => one === '*' || one === call.principal);
}

function namesRoot(statement: Statement, call: Call): boolean {
  const account = /^arn:aws:(?:iam|sts)::(\d{12}):/.exec(call.principal)?.[1];
  if (account === undefined || statement.Principal === undefined || statement.Principal === '*') return false;
  return list(statement.Principal.AWS).includes(`arn:aws:iam::${account}:root`);
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}

/** Policy variables: `${aws:userid}` becomes the value of that key; an unknown one matches nothing. */
function substitute(pattern: string, call: Call): string {
  return pattern.replace(/\$\{([^}]+)\}/g, (_, key: string) => {
    const value = new Map(Object.entries(call.context ?? {})).get(key.toLowerCase());
    return typeof value === 'string' ? value : '\u0000';
  });
}

/** IAM's wildcards: `*` any run of characters (slashes and colons too), `?` exactly one. */
export function wildcard(pattern: string, value: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^]*')
    .replaceAll('?', '[^]');
  return new RegExp(`^${source}$`).test(value);
}
