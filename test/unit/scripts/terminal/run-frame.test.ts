import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { News } from '../../../../scripts/terminal/news.ts';
import { type Paint, type RunScreen, renderFrame } from '../../../../scripts/terminal/run-frame.ts';
import { agentRow, aScreen } from '../../../support/run-screens.ts';

const plain: Paint = (_, text) => text;

const SYSTEM = ['kk-coordinator', 'kk-karma-hello', 'kk-skill-extractor', 'kk-voice-extractor', 'kk-validator'];

/** 24 agents as they are in the middle of a run: some rest, some trade, and each tells why. */
function busyScreen(): RunScreen {
  const system = SYSTEM.map((name) =>
    agentRow(name, { role: 'seller', what: 'was paid for soul', why: 'the buyer confirmed', quietBeats: 1 }),
  );
  const community = Array.from({ length: 19 }, (_, number) => agentRow(`kk-member-${number}`));
  const news = Array.from(
    { length: 30 },
    (_, number): News => ({
      agent: `kk-member-${number % 19}`,
      what: `asked kk-soul-extractor for soul number ${number}`,
      why: `soul at 0.08, my limit is 0.0${number}`,
      isFailure: false,
    }),
  );
  return { head: 'head', rows: [...community, ...system], news, places: ['vault: /v', 'IRC: i'], status: 'status' };
}

describe('a frame of the live screen', () => {
  it('is never wider or taller than what it is drawn on, whatever strangers wrote', () => {
    fc.assert(
      fc.property(
        aScreen,
        fc.integer({ min: 1, max: 220 }),
        fc.integer({ min: 1, max: 60 }),
        (screen, columns, rows) => {
          const lines = renderFrame(screen, { columns, rows }, plain);
          expect(lines.length).toBeLessThanOrEqual(rows);
          for (const line of lines) {
            expect(stringWidth(line), JSON.stringify(line)).toBeLessThanOrEqual(columns);
            expect(line).not.toMatch(/\p{Cc}/u);
          }
        },
      ),
    );
  });

  it('shows at 80x24 who trades first, how many are left out, and the newest reasons', () => {
    const lines = renderFrame(busyScreen(), { columns: 80, rows: 23 }, plain);
    const table = lines.slice(2, lines.indexOf(''));
    expect(table.slice(0, SYSTEM.length).map((line) => line.split(' ')[0])).toEqual(SYSTEM);
    expect(table.at(-1)).toBe(`+${24 - (table.length - 1)} community agents (resting)`);
    const news = lines.slice(lines.indexOf('') + 1, -3);
    expect(news.length).toBeGreaterThanOrEqual(8);
    news.forEach((line, number) => {
      expect(line).toContain('asked kk-soul-extractor');
      expect(line).toContain(`— soul at 0.08, my limit is 0.0${number}`);
    });
    expect(lines.slice(-3)).toEqual(['vault: /v', 'IRC: i', 'status']);
  });

  it('shows at 200x50 every agent with its reason', () => {
    const { rows } = busyScreen();
    const lines = renderFrame(busyScreen(), { columns: 200, rows: 49 }, plain);
    for (const { name, why } of rows) {
      expect(lines.some((line) => line.startsWith(`${name} `) && line.includes(`— ${why}`))).toBe(true);
    }
  });

  it('counts every agent once, in a row or among those left out', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 60 }), fc.integer({ min: 0, max: 24 }), (rows, failing) => {
        const screen = busyScreen();
        const some = screen.rows.map((row, number) => ({ ...row, isOk: number >= failing }));
        const lines = renderFrame({ ...screen, rows: some }, { columns: 100, rows }, plain);
        const end = lines.findIndex((line) => line === '' || line === 'vault: /v' || line === 'status');
        const shown = some.filter(({ name }) => lines.slice(0, end).some((line) => line.startsWith(`${name} `)));
        const folded = lines.find((line) => line.startsWith('+')) ?? '';
        const left = [...folded.matchAll(/\+(\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
        expect(shown.length + left).toBe(24);
      }),
    );
  });
});
