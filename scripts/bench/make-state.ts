import { createHash, randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Address, Hex, LocalAccount } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { agentStateKind, agentStatePath } from '../../lib/core/agent-state.ts';
import { embeddedChain } from '../../lib/core/chains.ts';
import type { AgentName } from '../../lib/core/ids.ts';
import { formatUsdc } from '../../lib/core/money.ts';
import { formatIso } from '../../lib/core/time.ts';
import type { VaultOperation } from '../../lib/core/vault.ts';
import { openGoodsStore } from '../../lib/delivery/goods-store.ts';
import { digestCode } from '../../lib/files/code-digest.ts';
import { loadManifests } from '../../lib/files/load-manifests.ts';
import { projectPath } from '../../lib/files/project.ts';
import { noteKinds } from '../../lib/host/note-kinds.ts';
import { openStateFolder, type StateFolder } from '../../lib/host/state-folder.ts';
import type { Deployment } from '../../lib/market/escrow/deployment.ts';
import type { EscrowEvent } from '../../lib/market/escrow/escrow-log.ts';
import { formatSnapshot } from '../../lib/market/escrow/escrow-snapshot.ts';
import { type BuyerTradeNote, buyerTradeKind } from '../../lib/market/notes/buyer-trade-note.ts';
import { type SellerTradeNote, sellerTradeKind } from '../../lib/market/notes/seller-trade-note.ts';
import { tradePath } from '../../lib/market/notes/trade-note.ts';
import { signAuthorization } from '../../lib/market/terms/authorization.ts';
import { signConfirmation } from '../../lib/market/terms/confirmation.ts';
import { marketDomain, usdcDomain } from '../../lib/market/terms/domain.ts';
import { signIdentity } from '../../lib/market/terms/identity.ts';
import { escrowKey, hashQuote, signQuote } from '../../lib/market/terms/quote.ts';
import { hashRequest, signRequest } from '../../lib/market/terms/request.ts';
import type { RawLogsHeader } from '../../lib/products/goods/raw-logs.ts';
import { createBareRemote } from '../../lib/vault/bare-remote.ts';
import { encodeNote } from '../../lib/vault/codec.ts';
import { openVault, type Vault } from '../../lib/vault/vault.ts';

/** A state folder as a swarm leaves it when it stops. */
export interface MadeState {
  readonly folder: StateFolder;
  /** A trade whose goods are in its buyer's folder. */
  readonly trade: Hex;
}

interface Trader {
  readonly name: AgentName;
  readonly account: LocalAccount;
  readonly address: Address;
}

/** A settled trade: both sides' notes and what the escrow said of it. */
interface Settled {
  readonly buyer: BuyerTradeNote;
  readonly seller: SellerTradeNote;
  readonly events: readonly EscrowEvent[];
}

const DEPLOYMENT: Deployment = {
  chainId: embeddedChain.id,
  escrow: `0x${'e5'.repeat(20)}`,
  token: `0x${'70'.repeat(20)}`,
  fromBlock: 1,
};
const MARKET = marketDomain(DEPLOYMENT.chainId, DEPLOYMENT.escrow);
const TOKEN = usdcDomain(DEPLOYMENT.chainId, DEPLOYMENT.token);
const RECIPIENT = `age1${'q'.repeat(58)}`;
const STARTED_AT = Date.UTC(2026, 10, 20) / 1000;
/** Raw logs of a day without messages. */
const GOODS = `${JSON.stringify({
  product: 'raw-logs',
  version: '2',
  days: [{ day: '2026-11-19', messages: 0 }],
  messages: 0,
  people: 0,
  corpus: {
    title: 'A quiet channel',
    attribution: '',
    minMessages: 200,
    maxProfiles: 40,
    windowDays: 0,
    languages: ['en'],
    bots: [],
    edition: 0,
  },
} satisfies RawLogsHeader)}\n`;
/** The trades are spread over a day. */
const DAY_SECONDS = 86_400;
/** Notes per write, far below the limit of a write. */
const NOTES_A_WRITE = 200;

/**
 * Makes a state folder with settled trades among this project's agents, without running them: notes by the codecs and keys of
 * real ones, written by the host's own writer, so that it holds all files of a stopped swarm.
 */
export async function makeState(dir: string, trades: number): Promise<MadeState> {
  const folder = await openStateFolder(dir, formatIso(STARTED_AT), () => undefined);
  const manifests = await loadManifests([projectPath('agents')]);
  const traders = manifests.map(({ metadata, spec }): Trader => {
    const account = privateKeyToAccount(digestOf(`key of wallet ${spec.wallet.index}`));
    return { name: metadata.name, account, address: account.address.toLowerCase() as Address };
  });
  await createBareRemote({ path: folder.remote, seedDir: projectPath('vault') });
  const vault = await openVault({
    workTree: folder.vault,
    remoteUrl: folder.remote,
    spoolDir: folder.spool,
    index: { folder: folder.index, code: digestCode() },
    kinds: noteKinds,
    timing: { minPushIntervalMs: 0 },
  });
  try {
    const goods = digestOf(GOODS);
    const settled: Settled[] = [];
    for (let index = 0; index < trades; index++) settled.push(await settle(traders, index, trades, goods));
    for (const trader of traders) await write(vault, trader.name, [await stateOf(trader), ...notesOf(trader, settled)]);
    // As every beat does: the vault's host parses what is new.
    await vault.read();
    await writeChain(folder, settled);
    const sample = settled[Math.floor(settled.length / 2)];
    if (sample === undefined) throw new RangeError('there must be a trade');
    const store = await openGoodsStore(folder.agent(sample.buyer.owner));
    await store.put(Buffer.from(GOODS));
    return { folder, trade: sample.buyer.id };
  } finally {
    await vault.close();
  }
}

async function settle(traders: readonly Trader[], index: number, of: number, goods: Hex): Promise<Settled> {
  const buyer = traders[index % traders.length];
  const seller = traders[(index + 1 + (index % (traders.length - 1))) % traders.length];
  if (buyer === undefined || seller === undefined) throw new RangeError('there must be two agents');
  const id = (what: string): Hex => digestOf(`${what} ${index}`);
  const at = STARTED_AT + Math.floor((index * DAY_SECONDS) / of);
  const amountAtomic = 50_000n + BigInt(index);
  const terms = {
    offer: id('offer'),
    buyer: buyer.address,
    seller: seller.address,
    deliveryKey: RECIPIENT,
    salt: id('salt'),
    createdAt: at,
    quoteBy: at + 120,
    minDisputeWindow: 10,
  };
  const request = { ...terms, signature: await signRequest(buyer.account, MARKET, terms) };
  const trade = hashRequest(MARKET, terms);
  const offered = {
    tradeId: trade,
    buyer: buyer.address,
    seller: seller.address,
    token: DEPLOYMENT.token,
    amount: amountAtomic,
    contentRoot: id('content'),
    sealedRoot: id('sealed'),
    keyHash: id('key'),
    size: GOODS.length,
    revealWindow: 20,
    disputeWindow: 10,
    expiry: at + 900,
  };
  const quote = { ...offered, signature: await signQuote(seller.account, MARKET, offered) };
  const quoteHash = hashQuote(MARKET, quote);
  const confirmation = { tradeId: trade, quoteHash };
  const both = {
    id: trade,
    product: 'raw-logs',
    offer: terms.offer,
    subject: `day ${index}`,
    state: 'settled' as const,
    amountAtomic,
    requestedAt: at,
    deadline: at + 40,
    request,
    quote,
    closed: { state: 'settled' as const, at: at + 30, tx: id('settle') },
  };
  const place = { key: escrowKey(buyer.address, seller.address, trade), block: BigInt(index + 2) };
  return {
    buyer: {
      ...both,
      owner: buyer.name,
      seller: seller.name,
      title: `Logs of day ${index}`,
      reason: `within the budget: ${formatUsdc(amountAtomic)} USDC for a day of logs that is wanted`,
      promised: { contentRoot: quote.contentRoot, sizeBytes: quote.size },
      authorization: {
        quoteHash,
        signature: await signAuthorization(buyer.account, TOKEN, quote, quoteHash, DEPLOYMENT.escrow),
      },
      received: { at: at + 20, contentRoot: quote.contentRoot, contentDigest: goods, sizeBytes: quote.size },
      confirmation: {
        ...confirmation,
        signature: await signConfirmation(buyer.account, MARKET, buyer.address, confirmation),
      },
      txs: { open: id('open'), reveal: id('reveal') },
    },
    seller: {
      ...both,
      owner: seller.name,
      buyer: buyer.name,
      delivery: {
        objectKey: `deliveries/${trade}`,
        url: `-----BEGIN AGE ENCRYPTED FILE-----\n${'QUJD'.repeat(180)}\n-----END AGE ENCRYPTED FILE-----\n`,
        urlIssued: at + 5,
        urlExpires: at + 3605,
        sizeBytes: 2048,
      },
      txs: { open: id('open'), reveal: id('reveal'), settle: id('settle') },
    },
    events: [
      {
        ...place,
        name: 'Opened',
        logIndex: 0,
        tx: id('open'),
        at: at + 10,
        trade,
        buyer: buyer.address,
        seller: seller.address,
        quoteHash,
        amountAtomic,
        deadline: at + 30,
      },
      {
        ...place,
        name: 'Revealed',
        logIndex: 1,
        tx: id('reveal'),
        at: at + 15,
        revealedKey: id('K'),
        deadline: at + 40,
      },
      { ...place, name: 'Settled', logIndex: 2, tx: id('settle'), at: at + 30 },
    ],
  };
}

function notesOf({ name }: Trader, settled: readonly Settled[]): readonly VaultOperation[] {
  return settled.flatMap(({ buyer, seller }): readonly VaultOperation[] => {
    const put = (owner: string, text: string): VaultOperation => {
      return { op: 'put', path: tradePath(owner, buyer.requestedAt, buyer.id), text };
    };
    if (buyer.owner === name) return [put(name, encodeNote(buyerTradeKind, buyer))];
    return seller.owner === name ? [put(name, encodeNote(sellerTradeKind, seller))] : [];
  });
}

async function stateOf({ name, account, address }: Trader): Promise<VaultOperation> {
  const proof = await signIdentity(account, MARKET, { name, wallet: address, deliveryRecipient: RECIPIENT });
  const text = encodeNote(agentStateKind, {
    kind: 'agent-state',
    schema: 1,
    id: name,
    owner: name,
    aliases: [],
    role: 'buyer',
    status: 'resting',
    heartbeatAt: formatIso(STARTED_AT + DAY_SECONDS),
    beats: 17_280,
    errors: 0,
    task: 'rests',
    reason: 'nothing is wanted',
    wallet: address,
    walletProof: proof,
    nick: name,
    deliveryRecipient: RECIPIENT,
    balance: '1.00',
    balanceAtomic: 1_000_000n,
    spentTodayAtomic: 0n,
    budgetAtomic: 1_000_000n,
    revenue: '0.00',
    revenueAtomic: 0n,
    ircState: 'joined',
    saidToday: 0,
    heardToday: 0,
    revision: 'bench',
  });
  return { op: 'put', path: agentStatePath(name), text };
}

async function write(vault: Vault, author: AgentName, operations: readonly VaultOperation[]): Promise<void> {
  const ids: string[] = [];
  for (let from = 0; from < operations.length; from += NOTES_A_WRITE) {
    const id = randomUUID();
    await vault.write({
      id,
      author,
      message: 'Notes of a day',
      operations: operations.slice(from, from + NOTES_A_WRITE),
    });
    ids.push(id);
  }
  await Promise.all(ids.map(vault.landed));
}

/** What the host keeps of the chain: where the contracts are, and what the escrow said. */
async function writeChain(folder: StateFolder, settled: readonly Settled[]): Promise<void> {
  const last = settled.at(-1)?.events.at(-1);
  if (last === undefined) return;
  const anchor = { number: last.block, hash: digestOf('the last block'), time: last.at };
  const place = { chainId: DEPLOYMENT.chainId, escrow: DEPLOYMENT.escrow, fromBlock: BigInt(DEPLOYMENT.fromBlock) };
  const events = settled.flatMap((trade) => trade.events);
  const book = { blockNumber: last.block, blockTime: last.at, anchor, settled: events, unsettled: [] };
  const text = formatSnapshot(book, place);
  await mkdir(dirname(folder.deployment), { recursive: true });
  await writeFile(folder.deployment, JSON.stringify(DEPLOYMENT));
  await writeFile(folder.escrow, text ?? '');
}

function digestOf(text: string): Hex {
  return `0x${createHash('sha256').update(text).digest('hex')}`;
}
