import { type Found, finder, type Rule } from './rule.ts';

const BECH32 =
  /(?<![a-z0-9])(?:bc|tb|bcrt|ltc|addr|stake|cosmos|osmo|erd|zs|nano_|xrb_|npub|nsec|lnbc|lno)_?1[02-9ac-hj-np-z]{20,2000}(?![a-z0-9])/gi;
const NANO = /(?<![a-z0-9])(?:nano|xrb)_[13][0-9a-z]{59}/gi;
const HEX_ACCOUNT = /(?<![0-9a-z])0x[0-9a-f]{40}(?![0-9a-f])/gi;
/** Bitcoin, Litecoin, Dogecoin, Monero, Solana, Tron, Ripple and others, and Bitcoin's private keys: base58. */
const BASE58 =
  /(?<![A-Za-z0-9_/=.+-])(?:bitcoincash:|bitcoin:|litecoin:|monero:|solana:)?[1-9A-HJ-NP-Za-km-z]{26,120}(?![A-Za-z0-9_/=+-])/g;
const TON = /(?<![A-Za-z0-9_-])[EUk0]Q[A-Za-z0-9_-]{46}(?![A-Za-z0-9_-])/g;

/** Whether letters and digits are as mixed as chance makes them: words and file names are not. */
function isRandomBase58({ secret }: Found): boolean {
  const digits = secret.match(/\d/g)?.length ?? 0;
  const upper = secret.match(/[A-Z]/g)?.length ?? 0;
  const lower = secret.match(/[a-z]/g)?.length ?? 0;
  return digits >= 2 && upper >= 4 && lower >= 4;
}

/** Addresses of crypto-currency wallets by their shape; a mistyped one, whose checksum fails, names its owner as well. */
export const WALLET_RULES: readonly Rule[] = [
  { kind: 'wallet', run: 42, any: ['0x'], find: finder(HEX_ACCOUNT) },
  {
    kind: 'wallet',
    run: 22,
    any: ['1'],
    find: finder(BECH32, ({ secret }) => /\d.*\d/.test(secret.slice(4))),
  },
  { kind: 'wallet', run: 60, any: ['nano_', 'xrb_'], find: finder(NANO) },
  { kind: 'wallet', run: 48, find: finder(TON) },
  { kind: 'wallet', run: 26, find: finder(BASE58, isRandomBase58) },
];
