import { expect, it } from 'vitest';
import { sumAtomic } from '../../lib/core/money.ts';
import { moved } from './chain-audit.ts';
import type { FinishedRun } from './finished-run.ts';

/** Everything that the economy trades. */
export const PRODUCTS = [
  'raw-logs',
  'user-stats',
  'topic-map',
  'skill-profile',
  'voice-profile',
  'soul',
  'validation',
] as const;

const COMMUNITY_SIZE = 18;
/** A trade may be this long past its deadline when it ends, in seconds: others step in after the parties. */
const STEP_IN_SECONDS = 30;

/** What holds of every run that was long enough for the whole economy, whatever it trades in. */
export function itIsAWholeEconomy(run: () => FinishedRun): void {
  it('ends with exit code 0 after every agent has beaten without an error', () => {
    const { ended, report } = run();
    expect(report.agents.filter(({ errors }) => errors > 0)).toEqual([]);
    expect(report.agents.every(({ beats }) => beats > 0)).toBe(true);
    expect(report.agents).toHaveLength(24);
    expect(report.agents.filter((agent) => agent.role === 'buyer')).toHaveLength(COMMUNITY_SIZE);
    expect(ended.exitCode).toBe(0);
  });

  it('prints its report and nothing else on stdout', () => {
    expect(run().ended.stdout.trim().split('\n')).toHaveLength(1);
  });

  it('sells every product at least once', () => {
    const { products } = run().report;
    const sold = PRODUCTS.filter((product) => (products[product]?.sold ?? 0) > 0);
    expect(sold).toEqual(PRODUCTS);
    for (const product of PRODUCTS) expect(products[product]?.offered).toBeGreaterThan(0);
  });

  it('carries the logs through skills, voices and souls to the community', () => {
    const { vault, report } = run();
    const buyers = new Set(report.agents.filter(({ role }) => role === 'buyer').map(({ name }) => name));
    const sales = vault.bought
      .filter(({ closed }) => closed?.state === 'settled')
      .map(({ product, seller, owner }) => `${seller} ${product} ${buyers.has(owner) ? 'community' : owner}`);
    expect(new Set(sales)).toEqual(
      new Set([
        ...sales,
        'kk-karma-hello raw-logs kk-skill-extractor',
        'kk-karma-hello raw-logs kk-voice-extractor',
        'kk-skill-extractor skill-profile kk-soul-extractor',
        'kk-voice-extractor voice-profile kk-soul-extractor',
        'kk-soul-extractor soul community',
      ]),
    );
  });

  it('moves as much USDC on chain as its trade notes and its report say', () => {
    const { chain, vault, report } = run();
    const escrow = report.chain.escrow.toLowerCase();
    const settled = [...chain.trades.values()].filter(({ payouts }) => payouts > 0);
    const settledAtomic = sumAtomic(settled.map(({ amountAtomic }) => amountAtomic));
    const openedAtomic = sumAtomic([...chain.trades.values()].map(({ amountAtomic }) => amountAtomic));
    expect(settledAtomic).toBeGreaterThan(0n);
    // The token's own events, the escrow's, both sides' notes and the report are five books of one thing.
    const sellers = new Set(settled.map(({ seller }) => seller));
    expect(moved(chain, ({ from, to }) => from === escrow && sellers.has(to))).toBe(settledAtomic);
    expect(moved(chain, ({ to }) => to === escrow)).toBe(openedAtomic);
    for (const notes of [vault.bought, vault.sold]) {
      const closed = notes.filter((note) => note.closed?.state === 'settled');
      expect(sumAtomic(closed.map(({ amountAtomic }) => amountAtomic))).toBe(settledAtomic);
      expect(new Set(closed.map(({ id }) => id))).toEqual(new Set(settled.map(({ id }) => id)));
    }
    expect(BigInt(report.usdcMovedAtomic)).toBe(settledAtomic);
    expect(sumAtomic(report.agents.map(({ spentAtomic }) => BigInt(spentAtomic)))).toBe(settledAtomic);
    expect(sumAtomic(report.agents.map(({ earnedAtomic }) => BigInt(earnedAtomic)))).toBe(settledAtomic);
    expect(chain.escrowBalanceAtomic).toBe(0n);
  });

  it('completes every trade and leaves none open past its deadline', () => {
    const { chain, report } = run();
    const { requested, completed, expired } = report.trades;
    expect(report.trades).toEqual({ requested, completed, expired, refunded: 0, disputed: 0, open: 0 });
    expect(completed).toBe(chain.trades.size);
    const late = [...chain.trades.values()].filter(
      ({ endedAt, deadline }) => endedAt === undefined || endedAt > deadline + STEP_IN_SECONDS,
    );
    expect(late).toEqual([]);
  });

  it('pays each trade out once and never pays one offer twice for one buyer', () => {
    const { chain, vault } = run();
    expect([...chain.trades.values()].filter(({ openings, payouts }) => openings !== 1 || payouts !== 1)).toEqual([]);
    const purchases = vault.bought
      .filter(({ id }) => chain.trades.has(id))
      .map(({ owner, offer }) => `${owner} ${offer}`);
    expect(purchases).toHaveLength(new Set(purchases).size);
  });

  it('keeps a state of each agent, commits by each of them, and nothing that cannot be read', () => {
    const { vault, authors, report } = run();
    const names = report.agents.map(({ name }) => name);
    expect(vault.paths.filter((path) => /^agents\/[^/]+\/state\.md$/.test(path)).sort()).toEqual(
      names.map((name) => `agents/${name}/state.md`).sort(),
    );
    expect(names.filter((name) => !authors.has(name))).toEqual([]);
    expect(vault.head).toBe(report.vault.head);
    expect(vault.unreadable).toEqual([]);
  });

  it('says on the channel what it reports to have said', () => {
    const { heard, report, chain, nicks } = run();
    const said = heard.filter(({ nick }) => nicks.has(nick)).map((line) => line.said);
    const count = (...types: readonly string[]) => said.filter(({ type }) => types.includes(type)).length;
    expect({
      have: count('have'),
      need: count('need'),
      answers: count('i-have-that', 'interested'),
      deals: count('deal'),
    }).toEqual({
      have: report.irc.have,
      need: report.irc.need,
      answers: report.irc.answers,
      deals: report.irc.deals,
    });
    expect(report.irc.have).toBeGreaterThan(0);
    expect(report.irc.need).toBeGreaterThan(0);
    expect(report.irc.answers).toBeGreaterThan(0);
    const ids = [...chain.trades.keys()];
    const deals = said.flatMap((line) => (line.type === 'deal' ? [line.trade] : []));
    expect(deals.filter((trade) => !ids.some((id) => id.startsWith(`0x${trade}`)))).toEqual([]);
    expect(new Set(deals).size).toBe(ids.length);
  });
}
