import { describe, expect, it } from 'vitest';
import { policy } from '../../infra/policy/document.ts';
import { isAllowed } from './evaluate.ts';
import { ACCOUNT } from './support.ts';

describe('the evaluator', () => {
  const any = { principal: `arn:aws:iam::${ACCOUNT}:role/a`, action: 's3:GetObject', resource: 'arn:aws:s3:::b/k' };
  const allow = policy({ Sid: 'A', Effect: 'Allow', Action: ['s3:*'], Resource: ['*'] });

  it('denies by default, and an explicit deny wins over any allow', () => {
    expect(isAllowed(any, { identity: [] })).toBe(false);
    expect(isAllowed(any, { identity: [allow] })).toBe(true);
    const deny = policy({ Sid: 'D', Effect: 'Deny', NotAction: ['ec2:*'], NotResource: ['arn:aws:s3:::c/*'] });
    expect(isAllowed(any, { identity: [allow, deny] })).toBe(false);
    expect(isAllowed({ ...any, resource: 'arn:aws:s3:::c/k' }, { identity: [allow, deny] })).toBe(true);
  });

  it('lets a boundary take away and never give', () => {
    const none = policy({ Sid: 'B', Effect: 'Allow', Action: ['ec2:*'], Resource: ['*'] });
    expect(isAllowed(any, { identity: [allow], boundary: none })).toBe(false);
    expect(isAllowed(any, { identity: [], boundary: allow })).toBe(false);
    expect(isAllowed(any, { identity: [allow], boundary: allow })).toBe(true);
  });
});
