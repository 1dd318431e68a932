import { describe, expect, it } from 'vitest';
import type { BeatAction, BeatReport } from '../../../../lib/heartbeat/ports.ts';
import { activityOf, nextRow, wakingRow } from '../../../../scripts/terminal/agent-row.ts';
import { newsOf } from '../../../../scripts/terminal/news.ts';
import { manifestOf, NOW } from '../../../support/snapshot.ts';

function reportOf(did: readonly BeatAction[], errors: readonly string[] = []): BeatReport {
  return {
    agent: 'kk-me',
    at: NOW,
    ok: errors.length === 0,
    task: 'resting',
    reason: 'nothing new that fits',
    did,
    errors,
    balanceAtomic: 1n,
    revenueAtomic: 0n,
    wakeAt: undefined,
  };
}

const paid = (id: string): BeatAction => ({ what: `was paid for soul, trade ${id}`, reason: 'the buyer confirmed' });
const quoted: BeatAction = { what: 'quoted soul, trade 0123abcd to kk-a', reason: 'it is on offer' };

describe('the news of a beat', () => {
  it('are what failed, then what was decided, bought and sold with its reason, equal actions as one', () => {
    const asked = { what: 'asked kk-a for soul, trade 0123abcd', reason: 'soul at 0.08, my limit is 0.09' };
    const news = newsOf(reportOf([quoted, paid('0123abcd'), asked, paid('4567abcd')], ['it broke']));
    expect(news.map(({ what, why, isFailure }) => [what, why, isFailure])).toEqual([
      ['failed', 'it broke', true],
      ['was paid for soul (2 times)', 'the buyer confirmed', false],
      ['asked kk-a for soul', 'soul at 0.08, my limit is 0.09', false],
    ]);
  });

  it('are none where only the steps between a request and its end were done', () => {
    expect(newsOf(reportOf([quoted, { what: 'closed soul, trade 0123abcd as settled', reason: 'paid' }]))).toEqual([]);
  });
});

describe('the row of an agent', () => {
  const waking = wakingRow(manifestOf('kk-me'));

  it('says what it did with the reason for that, a few beats long, then what it does now', () => {
    let row = nextRow(waking, reportOf([paid('0123abcd'), quoted]));
    const seen = [];
    for (let beat = 0; beat < 8; beat++) {
      seen.push(`${activityOf(row)}: ${row.what} — ${row.why}`);
      row = nextRow(row, reportOf([]));
    }
    const [trading = '', resting = ''] = [...new Set(seen)];
    expect(trading).toBe('trading: was paid for soul — the buyer confirmed');
    expect(resting).toBe('resting: resting — nothing new that fits');
    expect(new Set(seen).size).toBe(2);
  });

  it('is failing after a beat with errors and counts it, and no longer says so after a good one', () => {
    const failing = nextRow(waking, reportOf([], ['it broke']));
    expect([activityOf(failing), failing.errors, failing.why]).toEqual(['failing', 1, 'it broke']);
    const well = nextRow(failing, reportOf([]));
    expect([activityOf(well), well.errors, well.what]).not.toContain('failing');
    expect([well.errors, well.what]).toEqual([1, 'resting']);
  });
});
