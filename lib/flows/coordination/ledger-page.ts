import { z } from 'zod';
import { agentName } from '../../core/ids.ts';
import { table, wikilink } from '../../core/markdown.ts';
import { atomicAmount, formatUsdc, sumAtomic } from '../../core/money.ts';
import { type NoteKind, noteEnvelope } from '../../core/note.ts';
import type { VaultIndex } from '../../core/vault.ts';
import type { TradeRecord } from '../../market/notes/trade-record.ts';
import { treasuryEntries } from '../../market/notes/treasury-entries.ts';

const account = z.strictObject({
  agent: agentName,
  toppedUpAtomic: atomicAmount,
  returnedAtomic: atomicAmount,
  earnedAtomic: atomicAmount,
  spentAtomic: atomicAmount,
  inEscrowAtomic: atomicAmount,
});

const schema = z.strictObject({
  ...noteEnvelope.shape,
  kind: z.literal('ledger'),
  schema: z.literal(1),
  mintedAtomic: atomicAmount,
  toppedUpAtomic: atomicAmount,
  returnedAtomic: atomicAmount,
  settledAtomic: atomicAmount,
  inEscrowAtomic: atomicAmount,
  accounts: z.array(account).max(1000),
});
export type Ledger = z.infer<typeof schema>;

/** `shared/ledger.md`: where the money came from and where it went, rendered by the coordinator. */
export const ledgerKind: NoteKind<Ledger> = {
  kind: 'ledger',
  version: 1,
  path: /^shared\/ledger\.md$/,
  schema,
  front: (data) => amountsAsText({ ...data, accounts: data.accounts.map(amountsAsText) }),
  body: renderLedger,
};

/** Computes the ledger from the treasury's notes and the escrow, ordered by agent. */
export function ledgerOf(owner: string, vault: VaultIndex, trades: readonly TradeRecord[]): Ledger {
  const entries = treasuryEntries(vault);
  const total = (direction: 'mint' | 'top-up' | 'return', agent?: string) =>
    sumAtomic(
      entries
        .filter((entry) => entry.direction === direction && (agent === undefined || entry.agent === agent))
        .map((entry) => entry.amountAtomic),
    );
  const settled = trades.filter(({ state, escrow }) => state === 'settled' && escrow !== undefined);
  const held = trades.filter(
    ({ state, escrow }) => (state === 'opened' || state === 'revealed') && escrow !== undefined,
  );
  const paid = (some: readonly TradeRecord[]) => sumAtomic(some.map(({ escrow }) => escrow?.amountAtomic ?? 0n));
  const agents = new Set([
    ...entries.filter((entry) => entry.direction !== 'mint').map((entry) => entry.agent),
    ...settled.flatMap(({ terms }) => [terms.buyer, terms.seller]),
  ]);
  return {
    kind: 'ledger',
    schema: 1,
    id: 'ledger',
    owner,
    mintedAtomic: total('mint'),
    toppedUpAtomic: total('top-up'),
    returnedAtomic: total('return'),
    settledAtomic: paid(settled),
    inEscrowAtomic: paid(held),
    accounts: [...agents].sort().map((agent) => ({
      agent,
      toppedUpAtomic: total('top-up', agent),
      returnedAtomic: total('return', agent),
      earnedAtomic: paid(settled.filter(({ terms }) => terms.seller === agent)),
      spentAtomic: paid(settled.filter(({ terms }) => terms.buyer === agent)),
      inEscrowAtomic: paid(held.filter(({ terms }) => terms.buyer === agent)),
    })),
  };
}

function renderLedger(data: Ledger): string {
  return [
    '# The ledger',
    '',
    `The treasury put ${formatUsdc(data.toppedUpAtomic)} USDC into the economy and got ${formatUsdc(data.returnedAtomic)} back. ` +
      `${formatUsdc(data.settledAtomic)} USDC went from buyers to sellers through the escrow, which holds ${formatUsdc(data.inEscrowAtomic)} now.`,
    '',
    table(
      ['Agent', 'Topped up', 'Returned', 'Earned', 'Spent', 'In escrow'],
      data.accounts.map((item) => [
        wikilink(item.agent),
        formatUsdc(item.toppedUpAtomic),
        formatUsdc(item.returnedAtomic),
        formatUsdc(item.earnedAtomic),
        formatUsdc(item.spentAtomic),
        formatUsdc(item.inEscrowAtomic),
      ]),
    ),
    '',
    'Amounts in USDC. Each top-up and return is a note of its own under `shared/treasury/`.',
    '',
  ].join('\n');
}

function amountsAsText(data: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, typeof value === 'bigint' ? value.toString() : value]),
  );
}
