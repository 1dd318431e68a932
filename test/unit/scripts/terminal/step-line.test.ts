import stringWidth from 'string-width';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStepLine } from '../../../../scripts/terminal/step-line.ts';
import { createTerminalEmulator } from '../../../support/terminal-emulator.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function tell(steps: ReturnType<typeof createStepLine>): void {
  steps.show('opening the vault');
  for (let done = 0; done < 24; done++) steps.show('starting the agents', done, 24);
  steps.say('\u001b[31m7 days of chat');
  steps.show('a step with a name that is far too long for the line that it stands in');
}

describe('steps that are not shown on a terminal', () => {
  it('are a line each, without control characters', () => {
    let said = '';
    tell(createStepLine({ write: (text) => (said += text) }, false, Date.now));
    vi.advanceTimersByTime(10_000);
    expect(said.split('\n')).toEqual([
      '· opening the vault',
      '· starting the agents (24)',
      '7 days of chat',
      '· a step with a name that is far too long for the line that it stands in',
      '',
    ]);
  });
});

describe('steps on a terminal', () => {
  it('are one line, which says how far a step is and for how long it lasts, and lets other lines stay', () => {
    const terminal = createTerminalEmulator(40, 10);
    const steps = createStepLine(terminal.stream, true, Date.now);
    steps.show('starting the agents', 3, 24);
    expect(terminal.screen()).toEqual(['· starting the agents: 3 of 24']);
    vi.advanceTimersByTime(2000);
    expect(terminal.screen()).toEqual(['· starting the agents: 3 of 24 (2 s)']);
    tell(steps);
    const [first, last = '', ...others] = terminal.screen();
    expect(first).toBe('7 days of chat');
    expect(last).toMatch(/^· a step with a name .*…$/);
    expect(stringWidth(last)).toBeLessThan(40);
    expect(others).toEqual([]);
    steps.clear();
    expect(terminal.screen()).toEqual(['7 days of chat', '']);
    vi.advanceTimersByTime(5000);
    expect(terminal.screen()).toEqual(['7 days of chat', '']);
  });
});
