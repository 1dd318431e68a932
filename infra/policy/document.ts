/** The operators of IAM conditions that this fleet uses. */
export type ConditionOperator =
  | 'StringEquals'
  | 'StringNotEquals'
  | 'StringLike'
  | 'ArnLike'
  | 'ArnNotLike'
  | 'ArnEquals'
  | 'Bool'
  | 'Null';

export type ConditionBlock = Readonly<
  Partial<Record<ConditionOperator, Readonly<Record<string, string | readonly string[]>>>>
>;

/** One statement of an IAM policy. Source: IAM JSON policy reference. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?:
    | '*'
    | { readonly AWS?: string | readonly string[]; readonly Service?: string | readonly string[] };
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: ConditionBlock;
}

/** An IAM policy. */
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

/** Puts statements into a policy. */
export function policy(...statements: readonly Statement[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: statements };
}

/**
 * A policy as the text a Terraform attribute takes. IAM's own variables (`${aws:userid}`) are escaped, so that Terraform
 * leaves them to IAM; references to resources (`${aws_kms_key.data.arn}`, CDKTF tokens) stay.
 */
export function policyJson(document: PolicyDocument): string {
  return JSON.stringify(document).replaceAll('${aws:', () => '$${aws:');
}
