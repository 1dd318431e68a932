import { describe, expect, it } from 'vitest';
import { userData } from '../../infra/user-data.ts';
import { HUB, PACK } from '../../lib/fleet/fleet-names.ts';
import { fleetConfig, NAMES, ofType, shippedAgents, synthesizeNow } from './support.ts';

const PLANTED = {
  KK_MNEMONIC: 'test test test test test test test test test test test junk',
  KK_PRIVATE_KEY: `0x${'59c6995e998f97a5'.repeat(4)}`,
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMIplantedK7MDENGbPxRfiCYEXAMPLEKEY',
  GITHUB_TOKEN: 'ghp_planted0123456789abcdefghijklmnopqrs',
};

/** What secrets look like: private keys, mnemonics, AWS keys, tokens, presigned URLs, passwords in URLs. */
const SHAPES = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/,
  /\bgh[pousr]_[A-Za-z0-9]{30,}/,
  /X-Amz-Signature=/i,
  /https?:\/\/[^\s/"':]+:[^\s/"'@]+@/,
  /(?<!sha256:)\b0x[0-9a-f]{64}\b/i,
  /(?:\b[a-z]{3,8} ){11}[a-z]{3,8}\b/,
];
const found = (text: string) => SHAPES.filter((shape) => shape.test(text)).map(String);

/** Prose reads like a mnemonic; a mnemonic in a comment of a script would be found in review, not at run time. */
const withoutComments = (text: string) => text.replaceAll(/"""[\s\S]*?"""|^\s*#.*$/gm, '');

describe('secrets', () => {
  it.each(['dedicated', 'packed'] as const)(
    'are in nothing that is synthesized, even with secrets all around: %s',
    (placement) => {
      const saved = { ...process.env };
      try {
        Object.assign(process.env, PLANTED);
        const made = synthesizeNow(fleetConfig({ placement }), shippedAgents());
        const hosts = [HUB, ...(placement === 'packed' ? [PACK] : shippedAgents())];
        const boots = hosts.map((host) => userData(fleetConfig({ placement }), NAMES, host).text);
        for (const text of [made.text, ...boots]) {
          for (const value of Object.values(PLANTED)) expect(text).not.toContain(value);
        }
        for (const boot of boots) expect(found(withoutComments(boot))).toEqual([]);
        for (const body of ofType(made, 'aws_ssm_parameter').values()) expect(found(String(body.value))).toEqual([]);
        expect(ofType(made, 'aws_secretsmanager_secret_version').size).toBe(0);
      } finally {
        for (const key of Object.keys(PLANTED)) delete process.env[key];
        Object.assign(process.env, saved);
      }
    },
  );

  it('would be found', () => {
    const samples = [
      ...Object.values(PLANTED).filter((value) => !value.startsWith('wJalr')),
      '-----BEGIN EC PRIVATE KEY-----',
      'https://s3/x?X-Amz-Signature=1',
      'https://a:b@c',
      'AKIAIOSFODNN7EXAMPLE',
    ];
    for (const sample of samples) expect(found(sample)).not.toEqual([]);
  });
});
