import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dispositionOf, formatError, SwarmError } from '../../../lib/core/errors.ts';

const swarmError = new SwarmError({
  code: 'vault/push-rejected',
  disposition: 'wait',
  message: 'The push of 3 commits was rejected',
  next: 'Nothing to do: it is tried again.',
  cause: new Error('remote: no'),
});

describe('errors', () => {
  it('say what failed, the code and the next step', () => {
    expect(formatError(swarmError)).toBe(
      'The push of 3 commits was rejected (vault/push-rejected). Nothing to do: it is tried again.',
    );
  });

  it('keep their cause, and have none when there was none', () => {
    expect(swarmError.cause).toBeInstanceOf(Error);
    const { code, disposition, message, next } = swarmError;
    expect('cause' in new SwarmError({ code: 'core/x', disposition, message, next })).toBe(false);
    expect(code).toBe('vault/push-rejected');
  });

  it('of strangers become one line without a stack, whatever was thrown', () => {
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        fc.pre(typeof thrown !== 'object' || thrown === null);
        expect(formatError(thrown)).not.toContain('\n');
      }),
    );
    expect(formatError(new TypeError('first\n    at file.ts:1'))).toBe('first');
    expect(formatError(new RangeError(''))).toBe('RangeError');
  });

  it('that nobody classified show no address: it may hold a key', () => {
    const raw = new Error('Failed to parse URL from https://rpc.example/v2/Secret0Key?x=1 today');
    expect(formatError(raw)).toBe('Failed to parse URL from (address) today');
    expect(formatError('wss://rpc.example/Secret0Key')).toBe('(address)');
  });

  it('that nobody classified are looked at again in the next beat', () => {
    expect(dispositionOf(swarmError)).toBe('wait');
    expect(dispositionOf(new Error('?'))).toBe('wait');
    expect(dispositionOf('?')).toBe('wait');
    expect(dispositionOf(new SwarmError({ code: 'core/x', disposition: 'stop', message: '', next: '' }))).toBe('stop');
  });
});
