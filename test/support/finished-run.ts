import { loadManifests } from '../../lib/files/load-manifests.ts';
import { auditKeptChain, type ChainAudit } from './chain-audit.ts';
import type { ChannelWitness } from './channel-witness.ts';
import { type Ended, PROJECT, type Started, type SwarmBox } from './swarm.ts';
import { type RunReport, runReport } from './swarm-output.ts';
import { auditVault, commitAuthors, type VaultAudit } from './vault-audit.ts';

/** A run with `--rounds` that is over: its own report, and what chain, vault and channel say. */
export interface FinishedRun {
  readonly ended: Ended;
  readonly report: RunReport;
  readonly chain: ChainAudit;
  readonly vault: VaultAudit;
  readonly authors: ReadonlySet<string>;
  readonly heard: ReturnType<ChannelWitness['heard']>;
  /** The nicks of the agents. */
  readonly nicks: ReadonlySet<string>;
}

/** Waits for the end of a run and looks at all that it left. */
export async function finishRun(
  box: SwarmBox,
  swarm: Started,
  witness: Pick<ChannelWitness, 'heard'>,
): Promise<FinishedRun> {
  const ended = await swarm.ended;
  const parsed = runReport.safeParse(parseJson(ended.stdout));
  if (!parsed.success) {
    throw new Error(
      `no report, exit code ${ended.exitCode}: ${parsed.error.message}\n${ended.stdout}\n${ended.stderr}`,
    );
  }
  const report = parsed.data;
  const manifests = await loadManifests([`${PROJECT}agents`]);
  return {
    ended,
    report,
    chain: await auditKeptChain(box.stateDir, report.chain),
    vault: await auditVault(report.vault.remote),
    authors: await commitAuthors(report.vault.remote),
    heard: witness.heard(),
    nicks: new Set(manifests.map(({ metadata }) => metadata.nick ?? metadata.name)),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
