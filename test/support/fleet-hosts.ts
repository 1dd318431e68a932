import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ListCommandsCommand, SSMClient } from '@aws-sdk/client-ssm';
import { unitDocument } from '../../infra/unit-document.ts';
import { namesOf } from '../../lib/core/fleet-names.ts';
import { findProgram, type Moto } from './moto.ts';

const run = promisify(execFile);

interface SentCommand {
  readonly InstanceIds: readonly string[];
  readonly Parameters: Readonly<Record<string, readonly string[]>>;
}

/** What hosts need of this machine: Python itself (a version manager's shim would put its folder before the fakes) and the AWS CLI. */
export const HOST_NEEDS = ['python3', 'aws'].filter((name) => findProgram(name) === undefined);

/**
 * The machines of a fleet, as far as Run Command and Docker go. moto keeps the commands that are sent and runs none: this
 * fetches them as Session Manager's agent does, checks them against the document and runs its command, which is the
 * host's real kk-units with the real AWS CLI. systemd and Docker are stand-ins: a service start runs `kk-units run`, and a
 * container is a file that says what it was started from.
 */
export class FleetHosts {
  readonly #folder: string;
  readonly #moto: Moto;
  readonly #ssm: SSMClient;
  readonly #hosts = new Map<string, string>();
  readonly #results = new Map<string, object>();
  readonly #python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
  readonly #sent: { readonly instanceIds: readonly string[]; readonly key: string }[] = [];
  #isStopped = false;
  #loop: Promise<void> = Promise.resolve();

  constructor(folder: string, moto: Moto) {
    this.#folder = folder;
    this.#moto = moto;
    const credentials = { accessKeyId: 'host', secretAccessKey: 'host' };
    this.#ssm = new SSMClient({ region: 'us-east-1', endpoint: moto.direct, credentials });
    writeFileSync(join(folder, 'sick'), '');
  }

  /** Boots a machine: its folder, its programs, its first sync. */
  async boot(stack: string, host: string, instanceId: string): Promise<void> {
    const root = join(this.#folder, host);
    const names = namesOf({ stack, accountId: '123456789012', region: 'us-east-1' });
    for (const part of ['bin', 'etc/kk', 'run/kk', 'containers']) mkdirSync(join(root, part), { recursive: true });
    const owner = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
    const facts = {
      host,
      region: 'us-east-1',
      unitsPath: names.unitsPath(host),
      imagesPath: names.imagesPath(host),
      hubAddress: '10.42.0.10',
      hubCa: names.hubCaParameter,
      owner,
    };
    writeFileSync(join(root, 'etc/kk/host.json'), JSON.stringify(facts));
    this.#program(root, 'systemctl', SYSTEMCTL);
    this.#program(root, 'docker', DOCKER);
    this.#hosts.set(instanceId, root);
    const { code, stderr } = await this.#units(root, 'sync');
    if (code !== 0) throw new Error(`${host} does not know what to run: ${stderr}`);
  }

  /** Looks on a host for what to run, as its timer does. */
  async sync(host: string): Promise<void> {
    await this.#units(join(this.#folder, host), 'sync');
  }

  /** Begins to fetch commands, and to answer for them. */
  start(): void {
    this.#moto.answer = async (action, body) => {
      if (action === 'SendCommand') {
        const { InstanceIds, Parameters } = JSON.parse(body) as SentCommand;
        this.#sent.push({ instanceIds: InstanceIds, key: JSON.stringify([Parameters.action, Parameters.unit]) });
      }
      if (action !== 'GetCommandInvocation') return undefined;
      const { CommandId, InstanceId } = JSON.parse(body) as { CommandId: string; InstanceId: string };
      return this.#results.get(`${CommandId} ${InstanceId}`) ?? { CommandId, InstanceId, Status: 'InProgress' };
    };
    this.#loop = this.#fetch();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#loop;
    this.#ssm.destroy();
  }

  /** Lets a unit be unhealthy on an image from now on; with nothing, all are well. */
  makeSick(unit?: string, image?: string): void {
    writeFileSync(join(this.#folder, 'sick'), unit === undefined ? '' : `${unit} ${image}\n`);
  }

  /** What runs on a host: what the container was started from, and when; undefined where none was. */
  container(host: string, unit: string = host): { readonly image: string; readonly startedAt: string } | undefined {
    const file = join(this.#folder, host, 'containers', unit);
    return existsSync(file)
      ? (JSON.parse(readFileSync(file, 'utf8')) as { image: string; startedAt: string })
      : undefined;
  }

  /** Waits until a unit's container was started from an image: a service starts on its own after a sync. */
  async running(host: string, image: string, patienceMs = 120_000): Promise<void> {
    const deadline = performance.now() + patienceMs;
    while (this.container(host)?.image !== image) {
      if (performance.now() > deadline) throw new Error(`${host} did not start ${image} in ${patienceMs} ms`);
      await delay(100);
    }
  }

  async #fetch(): Promise<void> {
    const begun = new Set<string>();
    const work: Promise<void>[] = [];
    while (!this.#isStopped) {
      await delay(100);
      if (this.#sent.length === 0) continue;
      const { Commands = [] } = await this.#ssm.send(new ListCommandsCommand({}));
      for (const { CommandId = '', Parameters = {} } of Commands) {
        if (begun.has(CommandId)) continue;
        // moto lists every machine for every command: for which one it was is known from the call.
        const key = JSON.stringify([Parameters.action, Parameters.unit]);
        const place = this.#sent.findIndex((one) => one.key === key);
        if (place < 0) continue;
        begun.add(CommandId);
        const [asked] = this.#sent.splice(place, 1);
        for (const instanceId of asked?.instanceIds ?? []) work.push(this.#act(CommandId, instanceId, Parameters));
      }
    }
    await Promise.all(work);
  }

  async #act(commandId: string, instanceId: string, parameters: Record<string, string[]>): Promise<void> {
    const action = parameters.action?.[0] ?? '';
    const unit = parameters.unit?.[0] ?? '';
    const { allowedValues } = unitDocument.parameters.action;
    const root = this.#hosts.get(instanceId);
    const isAllowed =
      allowedValues.some((one) => one === action) && new RegExp(unitDocument.parameters.unit.allowedPattern).test(unit);
    const said = isAllowed && root !== undefined ? await this.#units(root, 'do', action, unit) : undefined;
    this.#results.set(`${commandId} ${instanceId}`, {
      CommandId: commandId,
      InstanceId: instanceId,
      Status: said?.code === 0 ? 'Success' : 'Failed',
      StandardOutputContent: said?.stdout ?? '',
      StandardErrorContent: said?.stderr ?? 'refused',
    });
  }

  async #units(root: string, ...args: readonly string[]) {
    const env = {
      PATH: `${join(root, 'bin')}:${process.env.PATH}`,
      HOME: root,
      KK_ROOT: root,
      KK_UNITS: `${this.#python} ${resolve('infra/host/kk-units')}`,
      KK_SICK: join(this.#folder, 'sick'),
      AWS_ENDPOINT_URL: this.#moto.direct,
      AWS_ACCESS_KEY_ID: 'host',
      AWS_SECRET_ACCESS_KEY: 'host',
    };
    try {
      const { stdout, stderr } = await run(this.#python, [resolve('infra/host/kk-units'), ...args], { env });
      return { code: 0, stdout, stderr };
    } catch (error) {
      const { code = 1, stdout = '', stderr = '' } = error as { code?: number; stdout?: string; stderr?: string };
      return { code, stdout, stderr };
    }
  }

  #program(root: string, name: string, text: string): void {
    const file = join(root, 'bin', name);
    writeFileSync(file, text.replace('PYTHON', this.#python));
    chmodSync(file, 0o755);
  }
}

/** Starting a service is what its unit file says: remove the old container, then become `docker run`. */
const SYSTEMCTL = `#!/bin/sh
for last in "$@"; do :; done
name=\${last#kk-unit@}; name=\${name%.service}
case "$*" in
  *"restart "*) docker rm -f "$name"; $KK_UNITS run "$name" >/dev/null 2>&1 </dev/null & ;;
  *"disable --now"*) docker rm -f "$name" ;;
esac
`;

const DOCKER = `#!PYTHON
import datetime, json, os, sys
folder = os.environ["KK_ROOT"] + "/containers/"
command, args = sys.argv[1], sys.argv[2:]
if command == "run":
    image, name = args[-1], args[args.index("--name") + 1]
    with open(folder + name + ".new", "w") as file:
        json.dump({"image": image, "startedAt": datetime.datetime.now(datetime.timezone.utc).isoformat()}, file)
    os.replace(folder + name + ".new", folder + name)
elif command == "rm":
    if os.path.exists(folder + args[-1]):
        os.remove(folder + args[-1])
elif command == "inspect":
    try:
        with open(folder + args[-1]) as file:
            found = json.load(file)
    except FileNotFoundError:
        sys.exit("Error: No such object: " + args[-1])
    with open(os.environ["KK_SICK"]) as file:
        sick = args[-1] + " " + found["image"] in file.read().splitlines()
    text = args[args.index("--format") + 1]
    text = text.replace("{{if .State.Health}}{{.State.Health.Status}}{{end}}", "unhealthy" if sick else "healthy")
    text = text.replace("{{.Config.Image}}", found["image"]).replace("{{.State.Status}}", "running")
    print(text.replace("{{.State.StartedAt}}", found["startedAt"]))
else:
    sys.exit("docker: not here: " + command)
`;
