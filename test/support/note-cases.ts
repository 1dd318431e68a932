import { agentStateKind } from '../../lib/core/agent-state.ts';
import { SWARM } from '../../lib/core/ids.ts';
import type { NoteKind } from '../../lib/core/note.ts';
import { quarantineKind } from '../../lib/core/quarantine.ts';
import { ledgerKind } from '../../lib/flows/coordination/ledger-page.ts';
import { supplyChainKind } from '../../lib/flows/coordination/supply-chain-page.ts';
import { tasksKind } from '../../lib/flows/coordination/tasks-page.ts';
import { validationJobKind } from '../../lib/flows/validation/job-note.ts';
import { alertsKind } from '../../lib/health/alerts-page.ts';
import { logHead, logKind } from '../../lib/heartbeat/log-page.ts';
import { memoryKind } from '../../lib/heartbeat/memory-page.ts';
import { needsKind, offeringsKind } from '../../lib/heartbeat/pages.ts';
import { archiveKind } from '../../lib/market/notes/archive-page.ts';
import { archivedTradesKind } from '../../lib/market/notes/archived-trade.ts';
import { archivedTransfersKind } from '../../lib/market/notes/archived-transfers.ts';
import { buyerTradeKind } from '../../lib/market/notes/buyer-trade-note.ts';
import { offerKind } from '../../lib/market/notes/offer-note.ts';
import { sellerTradeKind } from '../../lib/market/notes/seller-trade-note.ts';
import { treasuryKind } from '../../lib/market/notes/treasury-note.ts';
import { encodeNote } from '../../lib/vault/codec.ts';
import { addressOf, id32, NOW } from './snapshot.ts';
import { authorized, buyerNote, confirmedBy, quoteFor, SIGNATURE, sellerNote } from './trade-notes.ts';

/** Front matter by its fields. */
export type Fields = Readonly<Record<string, unknown>>;

/** A kind of note by the front matter of one that has every field. */
export interface NoteCase {
  readonly kind: string;
  readonly front: Fields;
  /** The note that a writer makes of such front matter; undefined where the kind's schema refuses it. */
  readonly written: (front: Fields) => string | undefined;
}

const AT = '2026-11-20T19:13:04Z';
/** What stands in fields of free text. */
export const FREE_TEXT = 'some text';

function caseOf<Data>(kind: NoteKind<Data>, front: Fields): NoteCase {
  return {
    kind: kind.kind,
    front,
    written: (fields) => {
      const data = parsed(kind, fields);
      return data === undefined ? undefined : encodeNote(kind, data);
    },
  };
}

/** The data of front matter that the kind's reader takes. */
function parsed<Data>(kind: NoteKind<Data>, fields: Fields): Data | undefined {
  try {
    return kind.schema.safeParse(fields).data;
  } catch {
    return undefined;
  }
}

const page = (kind: string, id: string, owner = 'kk-a') => ({ kind, schema: 1, id, owner });
const armored = '-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n';
const handed = { objectKey: 'a/b.age', setDigest: id32(1), sizeBytes: 5, url: armored };
const closed = { state: 'settled', at: NOW, tx: id32(9) } as const;

/** One note of every kind that programs write, with every field that it may have. */
export const NOTE_CASES: readonly NoteCase[] = [
  caseOf(agentStateKind, {
    ...page('agent-state', 'kk-a'),
    aliases: ['kk-a'],
    role: 'buyer',
    status: 'working',
    heartbeatAt: AT,
    beats: 1,
    errors: 0,
    task: FREE_TEXT,
    reason: FREE_TEXT,
    wallet: addressOf(1),
    walletProof: '0x01',
    nick: FREE_TEXT,
    deliveryRecipient: `age1${'q'.repeat(58)}`,
    balance: '1',
    balanceAtomic: '1',
    spentTodayAtomic: '1',
    budgetAtomic: '1',
    revenue: '1',
    revenueAtomic: '1',
    ircState: 'joined',
    saidToday: 1,
    heardToday: 1,
    revision: FREE_TEXT,
    image: FREE_TEXT,
    protocol: 1,
  }),
  caseOf(offerKind, {
    ...page('offer', id32(1)),
    seller: addressOf(1),
    product: 'soul',
    subject: FREE_TEXT,
    title: FREE_TEXT,
    price: '50000',
    priceUsdc: '0.05',
    size: 100,
    contentRoot: id32(2),
    workHead: id32(3),
    createdAt: NOW,
    salt: id32(4),
    signature: SIGNATURE,
    unitCount: 1,
    topics: [FREE_TEXT],
    contentDigest: id32(5),
    orderKey: id32(6),
    inputs: [id32(7)],
    work: [
      {
        stage: FREE_TEXT,
        version: FREE_TEXT,
        executor: FREE_TEXT,
        inputs: [id32(7)],
        output: id32(8),
        counts: { lines: 1 },
        durationMs: 1,
        exit: 'ok',
        previous: id32(0),
      },
    ],
    for: 'kk-b',
    report: { offer: id32(9), verdict: 'passed' },
    supersedes: id32(10),
  }),
  caseOf(buyerTradeKind, {
    ...buyerTradeKind.front(
      buyerNote({
        ...authorized(),
        ...confirmedBy(),
        state: 'settled',
        deadline: NOW,
        promised: { contentRoot: id32(1), sizeBytes: 1 },
        txs: { open: id32(1), reveal: id32(2) },
        fault: FREE_TEXT,
        closed,
      }),
    ),
  }),
  caseOf(sellerTradeKind, {
    ...sellerTradeKind.front(
      sellerNote({
        quote: quoteFor(),
        delivery: { objectKey: 'a/b', url: armored, urlIssued: NOW, urlExpires: NOW, sizeBytes: 1 },
        txs: { open: id32(1), reveal: id32(2), settle: id32(3) },
        declined: { reason: FREE_TEXT },
        closed,
      }),
    ),
  }),
  caseOf(treasuryKind, {
    ...page('treasury', id32(1), 'kk-treasury'),
    direction: 'top-up',
    agent: 'kk-a',
    amountAtomic: '50000',
    amountUsdc: '0.05',
    day: 1,
    at: AT,
    block: 1,
  }),
  caseOf(validationJobKind, {
    ...page('validation-job', id32(1)),
    validator: 'kk-validator',
    product: 'soul',
    orderKey: id32(2),
    subject: FREE_TEXT,
    contentDigest: id32(3),
    inputCount: 1,
    settings: {
      title: FREE_TEXT,
      attribution: FREE_TEXT,
      minMessages: 1,
      maxProfiles: 1,
      windowDays: 1,
      languages: ['en'],
      bots: ['anon-k7q2m4xw3a'],
    },
    askedAt: AT,
    urlExpires: AT,
    goods: handed,
    inputs: handed,
  }),
  caseOf(offeringsKind, {
    ...page('offerings', 'kk-a'),
    count: 1,
    offers: [{ id: id32(1), product: 'soul', title: FREE_TEXT, priceAtomic: '1', report: id32(2), reporter: 'kk-b' }],
  }),
  caseOf(needsKind, {
    ...page('needs', 'kk-a'),
    count: 1,
    needs: [{ id: id32(1), product: 'soul', maxPriceAtomic: '1', why: FREE_TEXT }],
  }),
  caseOf(memoryKind, {
    ...page('memory', 'kk-a'),
    acquaintances: [{ name: 'kk-b', boughtFrom: 1, soldTo: 1, missed: 1 }],
    lessons: [{ product: 'soul', bought: 1, sold: 1, averagePaidAtomic: '1' }],
  }),
  caseOf(logKind, { ...logHead('kk-a', NOW) }),
  caseOf(supplyChainKind, {
    ...page('supply-chain', 'supply-chain'),
    products: [{ product: 'soul', sellers: ['kk-a'], buyers: ['kk-b', 'kk-a'], offered: 1, sold: 1, paidAtomic: '1' }],
  }),
  caseOf(ledgerKind, {
    ...page('ledger', 'ledger'),
    ...Object.fromEntries(
      ['minted', 'toppedUp', 'returned', 'settled', 'inEscrow'].map((name) => [`${name}Atomic`, '1']),
    ),
    accounts: [
      {
        agent: 'kk-a',
        toppedUpAtomic: '1',
        returnedAtomic: '1',
        earnedAtomic: '1',
        spentAtomic: '1',
        inEscrowAtomic: '1',
      },
    ],
  }),
  caseOf(archiveKind, {
    ...page('archive', '2026-11', SWARM),
    until: AT,
    archivedAt: AT,
    commit: 'a'.repeat(40),
    state: 'archived',
    trades: 1,
    transfers: 1,
    logs: 1,
    files: 3,
    paidAtomic: '1',
    products: [{ product: 'soul', settled: 1, other: 0, paidAtomic: '1' }],
  }),
  caseOf(archivedTradesKind, {
    ...page('archived-trades', '2026-11 trades 1', SWARM),
    trades: [
      {
        id: id32(1),
        of: 'both',
        buyer: 'kk-a',
        seller: 'kk-b',
        wallets: { buyer: addressOf(1), seller: addressOf(2) },
        product: 'soul',
        offer: id32(2),
        subject: FREE_TEXT,
        amountAtomic: '1',
        requestedAt: NOW,
        state: 'settled',
        contentRoot: id32(3),
        escrow: { amountAtomic: '1', openedAt: NOW, deadline: NOW, tx: id32(4) },
        received: { contentDigest: id32(5), sizeBytes: 1, isConfirmed: true },
        isUndelivered: true,
      },
    ],
  }),
  caseOf(archivedTransfersKind, {
    ...page('archived-transfers', '2026-11 transfers 1', SWARM),
    transfers: [{ id: id32(1), direction: 'top-up', agent: 'kk-a', amountAtomic: '1', day: 1, at: NOW, block: 1 }],
  }),
  caseOf(tasksKind, {
    ...page('tasks', 'tasks'),
    open: 1,
    matched: 1,
    tasks: [
      {
        agent: 'kk-a',
        need: id32(1),
        product: 'soul',
        maxPriceAtomic: '1',
        why: FREE_TEXT,
        offers: [{ id: id32(2), seller: 'kk-b' }],
      },
    ],
  }),
  caseOf(quarantineKind, {
    ...page('quarantine', 'quarantine-kk-a', 'people'),
    agent: 'kk-a',
    state: 'quarantined',
    until: NOW,
    reason: FREE_TEXT,
    signedAt: NOW,
    signatures: [SIGNATURE],
  }),
  caseOf(alertsKind, {
    ...page('alerts', 'alerts', 'kk-ops'),
    status: 'degraded',
    since: AT,
    checks: [{ name: FREE_TEXT, status: 'ok', detail: FREE_TEXT, next: FREE_TEXT }],
  }),
];
