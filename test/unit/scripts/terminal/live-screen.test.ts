import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLiveScreen } from '../../../../scripts/terminal/live-screen.ts';
import { type RunScreen, renderFrame } from '../../../../scripts/terminal/run-frame.ts';
import { agentRow } from '../../../support/run-screens.ts';
import { createTerminalEmulator } from '../../../support/terminal-emulator.ts';

/** A run after so many beats. */
function screenAt(beat: number): RunScreen {
  return {
    head: `${beat} s: ${beat} goods made`,
    rows: Array.from({ length: 24 }, (_, number) => agentRow(`kk-member-${number}`, { beats: beat + number })),
    news: Array.from({ length: beat }, (_, number) => ({
      agent: 'kk-seller',
      what: `made good ${beat - number}`,
      why: 'a reason that is long enough to be cut on a narrow terminal and to wrap when one gets narrower',
      isFailure: false,
    })),
    places: ['vault: /v', 'IRC: i'],
    status: 'Ctrl-C ends it',
  };
}

const aSize = fc.record({ columns: fc.integer({ min: 20, max: 200 }), rows: fc.integer({ min: 5, max: 50 }) });
const aStep = fc.oneof(fc.constant('beat' as const), aSize);

describe('the live screen', () => {
  it('shows the newest frame as large as the terminal and nothing of older ones, however the size changes', () => {
    fc.assert(
      fc.property(aSize, fc.array(aStep, { maxLength: 12 }), (first, steps) => {
        const terminal = createTerminalEmulator(first.columns, first.rows);
        let size = first;
        let beat = 1;
        terminal.stream.write('a line from before\n');
        const live = openLiveScreen(terminal.stream, () => screenAt(beat));
        onTestFinished(live.close);
        let isResized = false;
        for (const step of steps) {
          if (step === 'beat') {
            beat += 1;
            live.draw();
          } else {
            size = step;
            isResized = true;
            terminal.resize(size.columns, size.rows);
          }
          const frame = renderFrame(screenAt(beat), { ...size, rows: size.rows - 1 }, (_, text) => text);
          const shown = terminal.screen();
          expect(shown.slice(-frame.length - 1)).toEqual([...frame.map((line) => line.trimEnd()), '']);
          if (isResized) expect(shown.length).toBe(frame.length + 1);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('leaves the last frame where it is, and hears of no size any more', () => {
    const terminal = createTerminalEmulator(80, 24);
    const live = openLiveScreen(terminal.stream, () => screenAt(3));
    live.close();
    const left = terminal.screen();
    terminal.resize(80, 24);
    expect(terminal.screen()).toEqual(left);
    expect(left.join('\n')).toContain('3 s: 3 goods made');
  });
});
