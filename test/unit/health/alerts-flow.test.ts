import { describe, expect, it } from 'vitest';
import { runnable } from '../../../lib/core/flow.ts';
import type { HealthCheck, HealthStatus } from '../../../lib/core/health-check.ts';
import { alertsFlow } from '../../../lib/health/alerts-flow.ts';
import { ALERTS_PATH, alertsKind } from '../../../lib/health/alerts-page.ts';
import { memoryVault } from '../../support/memory-vault.ts';
import { NOW } from '../../support/snapshot.ts';

const checkOf = (status: HealthStatus, detail = 'as it is'): HealthCheck => ({
  name: 'vault',
  status,
  detail,
  next: status === 'ok' ? '' : 'Mend it.',
});

describe('the page of alerts', () => {
  it('is written when a check changes its status, and not for another number in a detail', async () => {
    const vault = memoryVault();
    const look = async (check: HealthCheck): Promise<readonly string[]> => {
      const snapshot = { now: NOW, vault: vault.index(), checks: [check] };
      const outcomes = await runnable(alertsFlow).plan(snapshot, []).perform();
      for (const { operations } of outcomes) vault.apply(operations);
      return outcomes.map(({ what }) => what);
    };
    expect(await look(checkOf('ok'))).toEqual(['Report that all is well']);
    expect(await look(checkOf('ok', '3 writes waiting'))).toEqual([]);
    expect(await look(checkOf('degraded', 'x'.repeat(2000)))).toEqual(['Report the swarm degraded']);
    expect(await look(checkOf('degraded', 'y'))).toEqual([]);
    expect(vault.index().note(alertsKind, ALERTS_PATH)?.data).toMatchObject({ status: 'degraded', owner: 'kk-ops' });
    expect(await look(checkOf('unreachable'))).toEqual(['Report the swarm unreachable']);
    expect(await look(checkOf('ok'))).toEqual(['Report that all is well']);
  });
});
