import type { HealthCheck, HealthStatus } from '../core/health-check.ts';
import { formatUsdc } from '../core/money.ts';
import type { Orders } from '../core/orders.ts';
import { type FolderReport, standingText } from '../vault/folder-memory.ts';
import { assessOrders } from './assess-orders.ts';
import type { Probe } from './probe.ts';
import type { AgentsFacts } from './probe-agents.ts';
import type { EscrowFacts } from './probe-escrow.ts';
import type { HeadsFacts } from './probe-heads.ts';

/** Everything that is assessed. Times in seconds since 1970, amounts in atomic units. */
export interface HealthProbes {
  readonly now: number;
  readonly process: Probe<{ readonly pid: number }>;
  readonly agents: Probe<AgentsFacts>;
  /** With the number of spooled writes, of writes that the remote declined for good, and the paths of notes that can't be read. */
  readonly vault: Probe<
    HeadsFacts & {
      readonly spooled: number;
      readonly rejected: number;
      readonly problems: readonly string[];
      /** Why the opened folder stands still, and its files that are not in the vault; absent where nobody opens one. */
      readonly opened?: FolderReport;
    }
  >;
  readonly channel: Probe<{ readonly expected: readonly string[]; readonly present: readonly string[] }>;
  readonly escrow: Probe<EscrowFacts>;
  /** What operators ordered. */
  readonly orders: Orders;
  /** Undefined until a treasury has reported, as when the operator hands out the money by hand. */
  readonly treasury: Probe<
    | {
        readonly address: string;
        /** How much it lacks for what all agents are due, in atomic units. */
        readonly shortAtomic: bigint;
        /** How many agents wait for money. */
        readonly waiting: number;
        /** Agents to whom the token refused a transfer. */
        readonly refused: readonly string[];
        /** The error of its last round. */
        readonly errors: readonly string[];
      }
    | undefined
  >;
}

/** Assesses the probes' results. Pure. Returns one check for each part, always in the same order. */
export function assess(probes: HealthProbes): readonly HealthCheck[] {
  return [
    check('process', probes.process, 'Start it with npm start.', ({ pid }) => fine(`runs as process ${pid}`)),
    check('heartbeats', probes.agents, 'Look at the swarm’s log.', (value) => assessBeats(value, probes.now)),
    check('vault', probes.vault, 'Check that the state folder is whole.', (value) => assessVault(value, probes.now)),
    check('channel', probes.channel, 'Check that IRC runs.', assessChannel),
    check('escrow', probes.escrow, 'Check that the chain runs.', assessEscrow),
    ...checkTreasury(probes.treasury),
    ...assessOrders(probes.orders),
  ];
}

/** The exit code for checks: 0 healthy, 1 degraded, 3 something can't be reached. */
export function exitCodeOf(checks: readonly HealthCheck[]): 0 | 1 | 3 {
  if (checks.some(({ status }) => status === 'unreachable')) return 3;
  return checks.some(({ status }) => status === 'degraded') ? 1 : 0;
}

interface Finding {
  readonly status: HealthStatus;
  readonly detail: string;
  readonly next: string;
}

function check<Value>(name: string, probe: Probe<Value>, next: string, judge: (value: Value) => Finding): HealthCheck {
  return probe.ok ? { name, ...judge(probe.value) } : { name, status: 'unreachable', detail: probe.why, next };
}

function fine(detail: string): Finding {
  return { status: 'ok', detail, next: '' };
}

function degraded(detail: string, next: string): Finding {
  return { status: 'degraded', detail, next };
}

type Value<Key extends keyof HealthProbes> = Extract<HealthProbes[Key], { ok: true }>['value'];

function assessBeats({ expected, beats, silentAfterSeconds }: Value<'agents'>, now: number): Finding {
  const fresh = new Set(beats.filter(({ at }) => now - at <= silentAfterSeconds).map(({ name }) => name));
  const silent = expected.filter((name) => !fresh.has(name));
  if (silent.length > 0) {
    return degraded(
      `${silent.length} of ${expected.length} are silent: ${some(silent)}`,
      'Look at the swarm’s log for them; a restart continues where they were.',
    );
  }
  const refusing = beats.filter(({ name, status }) => expected.includes(name) && status === 'refusing');
  const [first] = refusing;
  if (first !== undefined) {
    return degraded(
      `${refusing.length} refuse to trade: ${some(refusing.map(({ name }) => name))}: ${first.reason}`,
      'Run an image that meets it (swarm-ops deploy), or require less with swarm-ops config set.',
    );
  }
  const inError = beats.filter(({ name, status }) => expected.includes(name) && status === 'degraded');
  return inError.length === 0
    ? fine(`all ${expected.length} beat`)
    : degraded(
        `${inError.length} met errors in their last beat: ${some(inError.map(({ name }) => name))}`,
        'Their log pages in the vault say which.',
      );
}

function assessVault(value: Value<'vault'>, now: number): Finding {
  const { localHead, remoteHead, spooled, rejected, problems, opened } = value;
  if (problems.length > 0) {
    return degraded(
      `${problems.length} notes can't be read: ${some(problems)}`,
      'Correct or remove them; they are skipped.',
    );
  }
  if (opened?.standing !== undefined) {
    return degraded(
      `the opened folder stands still, agents go on: ${standingText(opened.standing, now * 1000)}`,
      `It follows main again ${opened.standing.next}.`,
    );
  }
  if (localHead !== remoteHead) {
    return degraded(
      `the work tree is at ${localHead.slice(0, 8)}, the remote at ${remoteHead.slice(0, 8)}`,
      'Look again in a few seconds; if it lasts, look at the swarm’s log.',
    );
  }
  if (rejected > 0) {
    return degraded(
      `${rejected} writes were declined and did not reach the vault`,
      'Each is in the folder rejected of the spool with its reason; correct the cause, then move them away.',
    );
  }
  const [left] = opened?.findings ?? [];
  if (left !== undefined) {
    return degraded(
      `${opened?.findings.length} files of the opened folder are not in the vault: ${JSON.stringify(left.path)} ${left.why}`,
      'Rename or remove them; what is typed in them stays in the folder.',
    );
  }
  return fine(`in step at ${remoteHead.slice(0, 8)}, ${spooled} writes waiting`);
}

function assessChannel({ expected, present }: Value<'channel'>): Finding {
  const missing = expected.filter((nick) => !present.includes(nick));
  return missing.length === 0
    ? fine(`all ${expected.length} nicks are there`)
    : degraded(
        `${missing.length} nicks are missing: ${some(missing)}`,
        'They reconnect by themselves; look again in a minute.',
      );
}

function assessEscrow({ balanceAtomic, heldAtomic, creditedAtomic, overdue }: Value<'escrow'>): Finding {
  const owed = heldAtomic + creditedAtomic;
  if (balanceAtomic < owed) {
    return degraded(
      `the escrow holds ${formatUsdc(balanceAtomic)} USDC and owes ${formatUsdc(owed)}`,
      'Stop the swarm and compare the escrow’s events with its balance.',
    );
  }
  if (overdue.length > 0) {
    return degraded(
      `${overdue.length} trades are past their deadline: ${some(overdue)}`,
      'The coordinator ends them within a minute while it beats.',
    );
  }
  // Anyone may send tokens to the escrow; a surplus belongs to nobody and is harmless.
  const over = balanceAtomic - owed;
  const extra = over === 0n ? '' : ` (and ${formatUsdc(over)} that somebody sent it)`;
  return fine(`holds ${formatUsdc(owed)} USDC for open trades${extra}`);
}

function checkTreasury(probe: HealthProbes['treasury']): readonly HealthCheck[] {
  if (!probe.ok) return [check('treasury', probe, 'Look at the log of what runs it.', fine)];
  const { value } = probe;
  return value === undefined ? [] : [{ name: 'treasury', ...assessTreasury(value) }];
}

function assessTreasury(treasury: NonNullable<Value<'treasury'>>): Finding {
  const { address, shortAtomic, waiting, refused, errors } = treasury;
  if (waiting > 0) {
    return degraded(
      `it lacks ${formatUsdc(shortAtomic)} USDC, and ${waiting} agents wait for their money`,
      `Send ${formatUsdc(shortAtomic)} USDC or more to ${address}.`,
    );
  }
  if (refused.length > 0) {
    return degraded(
      `the token refuses to pay ${some(refused)}`,
      'Look at the steward’s log for the reason; it is tried again every ten minutes.',
    );
  }
  const [error] = errors;
  if (error !== undefined) return degraded(error, 'It looks again by itself; if it lasts, look at the steward’s log.');
  return fine('has enough for all agents');
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
