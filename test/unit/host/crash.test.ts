import { HttpRequestError } from 'viem';
import { describe, expect, it } from 'vitest';
import { describeCrash } from '../../../lib/host/container/crash.ts';

const KEYED = 'https://rpc.example/v2/Secret0Key';

describe('an error that nobody caught', () => {
  it('says what and where, and not which address was asked: it may hold a key', () => {
    const raw = new HttpRequestError({ url: KEYED, body: { method: 'eth_call' }, details: `no answer of ${KEYED}` });
    expect(raw.stack).toContain('Secret0Key');
    const said = describeCrash(raw);
    expect(said).toContain('HTTP request failed.');
    expect(said).toContain('crash.test.ts');
    expect(said).not.toContain('Secret0Key');
  });

  it('may be no error at all', () => {
    expect(describeCrash('gone')).toBe('gone');
  });
});
