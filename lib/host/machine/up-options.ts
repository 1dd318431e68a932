import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type PeriodLength, parsePeriodLength } from '../../core/archive-period.ts';
import { SwarmError } from '../../core/errors.ts';
import { whole } from '../../core/whole-number.ts';

/** What a person may choose when starting a swarm, checked. Ports absent: the last ones, or free ones. */
export interface UpOptions {
  readonly dataDir: string | undefined;
  readonly corpusFile: string | undefined;
  /** Folder of agent folders; the project's own if absent. */
  readonly agentsDir: string | undefined;
  readonly stateDir: string;
  readonly beatSeconds: number;
  readonly rounds: number | undefined;
  /** The length of a period that moves to the archive when it is over. Absent: none does. */
  readonly archive: PeriodLength | undefined;
  readonly ircPort: number | undefined;
  readonly rpcPort: number | undefined;
  readonly s3Port: number | undefined;
  readonly json: boolean;
}

/** Options as they come from the command line. */
export interface RawUpOptions {
  readonly data?: string;
  readonly corpus?: string;
  readonly agents?: string;
  readonly state: string;
  readonly beatSeconds: string;
  readonly rounds?: string;
  readonly archive?: string;
  readonly ircPort?: string;
  readonly rpcPort?: string;
  readonly s3Port?: string;
  readonly json?: boolean;
}

/** Between two scheduled beats at most, in seconds. */
const MAX_BEAT_SECONDS = 3600;

/**
 * Checks the options of `up` before anything is written.
 * @throws SwarmError `swarm/bad-option` that names the option, the value and what is allowed.
 */
export async function checkUpOptions(raw: RawUpOptions): Promise<UpOptions> {
  const port = (name: string, text: string | undefined) =>
    text === undefined ? undefined : whole(name, text, 1, 65_535);
  const options: UpOptions = {
    dataDir: raw.data === undefined ? undefined : resolve(raw.data),
    corpusFile: raw.corpus === undefined ? undefined : resolve(raw.corpus),
    agentsDir: raw.agents === undefined ? undefined : resolve(raw.agents),
    stateDir: resolve(raw.state),
    beatSeconds: whole('--beat-seconds', raw.beatSeconds, 1, MAX_BEAT_SECONDS),
    rounds: raw.rounds === undefined ? undefined : whole('--rounds', raw.rounds, 1, 1_000_000),
    archive: archiveOf(raw),
    ircPort: port('--irc-port', raw.ircPort),
    rpcPort: port('--rpc-port', raw.rpcPort),
    s3Port: port('--s3-port', raw.s3Port),
    json: raw.json ?? false,
  };
  const ports = [options.ircPort, options.rpcPort, options.s3Port].filter((one) => one !== undefined);
  if (new Set(ports).size < ports.length) throw badOption('--irc-port, --rpc-port and --s3-port must differ');
  if (options.corpusFile !== undefined && !(await isFile(options.corpusFile))) {
    throw badOption(`--corpus ${options.corpusFile} is not a file`);
  }
  return options;
}

/** A sample trades in an hour what a community does in a month. */
function archiveOf({ archive, data }: RawUpOptions): PeriodLength | undefined {
  const text = archive ?? (data === undefined ? '1h' : 'month');
  if (text === 'never') return undefined;
  const length = parsePeriodLength(text);
  if (length === undefined) {
    throw badOption(`--archive ${JSON.stringify(text.slice(0, 40))} is not month, never, or a time as 30m, 1h or 7d`);
  }
  return length;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

function badOption(message: string): SwarmError {
  return new SwarmError({
    code: 'swarm/bad-option',
    disposition: 'stop',
    message,
    next: 'See swarm-ops up --help.',
  });
}
