import type { HealthCheck } from '../core/health-check.ts';
import type { OrderFinding, Orders, WhyNotObeyed } from '../core/orders.ts';
import { formatRequirements } from '../core/protocol.ts';
import type { Quarantine } from '../core/quarantine.ts';
import { formatIso } from '../core/time.ts';

const WHY: Readonly<Record<WhyNotObeyed, string>> = {
  unsigned: 'nobody signed it',
  'unknown-key': 'none of the operators’ keys in this host’s configuration signed it',
  'bad-signature': 'its signature is for another text, path or swarm',
  unreadable: 'it can’t be read',
  older: 'it is older than what is obeyed',
  'same-second': 'it was signed in the same second as what is obeyed and says something else',
  future: 'it was signed in the future',
  removed: 'it was removed, and what it said still holds',
};

/** How many findings and agents a line names. */
const SHOWN = 3;

/** Judges what operators ordered: no check where all is obeyed and nobody is in quarantine. Pure. */
export function assessOrders(orders: Orders): readonly HealthCheck[] {
  const { findings, quarantined } = orders;
  const checks: HealthCheck[] = [];
  if (findings.length > 0) {
    checks.push({
      name: 'signed notes',
      status: 'degraded',
      detail: `not obeyed: ${findings.slice(0, SHOWN).map(describe).join('; ')}${more(findings.length)}. Obeyed: ${formatRequirements(orders.requirements)}`,
      next: nextFor(findings),
    });
  }
  const shut = [...quarantined.values()];
  if (shut.length > 0) {
    const [first] = shut;
    checks.push({
      name: 'quarantine',
      status: 'degraded',
      detail: `${shut.slice(0, SHOWN).map(describeQuarantine).join('; ')}${more(shut.length)}`,
      next: `swarm-ops quarantine ${first?.agent ?? '<agent>'} --release ends it${first?.until === undefined ? '' : '; --confirm with a second operator’s key makes it last'}.`,
    });
  }
  return checks;
}

/** Describes a quarantine for people. */
export function describeQuarantine({ agent, reason, since, until, by }: Quarantine): string {
  const end = until === undefined ? 'until it is released' : `until ${formatIso(until)}`;
  return `${agent} since ${formatIso(since)} ${end}, by ${by.join(' and ')}: ${reason}`;
}

function describe({ path, why, author }: OrderFinding): string {
  return `${path} (${WHY[why]}${author === undefined ? '' : `; last changed by ${author}`})`;
}

function nextFor(findings: readonly OrderFinding[]): string {
  const isConfig = findings.some(({ path }) => path === 'shared/config.md');
  return isConfig
    ? 'If it should hold, sign it with swarm-ops config set; else set the page back, and ask who changed it.'
    : 'If it should hold, order it with swarm-ops quarantine; else remove the note, and ask who wrote it.';
}

function more(count: number): string {
  return count > SHOWN ? ` and ${count - SHOWN} more` : '';
}
