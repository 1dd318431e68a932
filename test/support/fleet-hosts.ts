import { execFile, execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { unitDocument } from '../../infra/unit-document.ts';
import type { Names } from '../../lib/fleet/fleet-names.ts';
import { findProgram } from './find-program.ts';
import type { Moto } from './moto.ts';

const run = promisify(execFile);

interface SentCommand {
  readonly InstanceIds: readonly string[];
  readonly Parameters: Readonly<Record<string, readonly string[]>>;
}

/** What Run Command tells of a command on one machine, as far as it is asked for. */
interface Result {
  readonly CommandId: string;
  readonly InstanceId: string;
  readonly Status: 'Success' | 'Failed';
  readonly StandardOutputContent: string;
  readonly StandardErrorContent: string;
}

/** What hosts need of this machine: Python itself, since a version manager's shim would put its folder before the fakes. */
export const HOST_NEEDS = ['python3'].filter((name) => findProgram(name) === undefined);

/**
 * The machines of a fleet, as far as Run Command and Docker go. moto runs no command: this answers for it, checks what is
 * sent against the document and runs its command, which is the host's real kk-units. systemd, Docker and the AWS CLI are
 * stand-ins: a service start runs `kk-units run`, a container is a file that says what it was started from, and `aws`
 * asks moto for parameters over HTTP in a tenth of the time. test/infra/boot shows kk-units with the real ones.
 */
export class FleetHosts {
  readonly #folder: string;
  readonly #moto: Moto;
  readonly #names: Names;
  readonly #hosts = new Map<string, string>();
  readonly #results = new Map<string, Result>();
  readonly #python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
  readonly #work = new Set<Promise<void>>();
  #whenUnhealthy: () => void = () => undefined;

  constructor(folder: string, moto: Moto, names: Names) {
    this.#folder = folder;
    this.#moto = moto;
    this.#names = names;
    this.makeSick();
  }

  /** Boots a machine: its folder, its programs, its first sync. */
  async boot(host: string, instanceId: string): Promise<void> {
    const root = join(this.#folder, host);
    const names = this.#names;
    for (const part of ['bin', 'etc/kk', 'run/kk', 'containers']) mkdirSync(join(root, part), { recursive: true });
    const registry = `${names.accountId}.dkr.ecr.${names.region}.amazonaws.com`;
    const owner = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
    const facts = {
      host,
      region: 'us-east-1',
      unitsPath: names.unitsPath(host),
      imagesPath: names.imagesPath(host),
      hubAddress: '10.42.0.10',
      hubCa: names.hubCaParameter,
      repositories: (['agent', 'hub'] as const).map((what) => `${registry}/${names.repository(what)}`),
      owner,
    };
    writeFileSync(join(root, 'etc/kk/host.json'), JSON.stringify(facts));
    this.#program(root, 'systemctl', SYSTEMCTL);
    this.#program(root, 'docker', DOCKER);
    this.#program(root, 'aws', AWS);
    this.#hosts.set(instanceId, root);
    const { code, stderr } = await this.#units(root, 'sync');
    if (code !== 0) throw new Error(`${host} does not know what to run: ${stderr}`);
  }

  /** Looks on a host for what to run, as its timer does. */
  async sync(host: string): Promise<void> {
    await this.#units(join(this.#folder, host), 'sync');
  }

  /** Begins to take commands, and to answer for them. */
  start(): void {
    this.#moto.answer = async (action, body) => {
      if (action === 'SendCommand') {
        const { InstanceIds, Parameters } = JSON.parse(body) as SentCommand;
        const CommandId = randomUUID();
        for (const instanceId of InstanceIds) this.#begin(this.#act(CommandId, instanceId, Parameters));
        return { Command: { CommandId } };
      }
      if (action !== 'GetCommandInvocation') return undefined;
      const { CommandId, InstanceId } = JSON.parse(body) as { CommandId: string; InstanceId: string };
      const result = this.#results.get(`${CommandId} ${InstanceId}`);
      if (result?.StandardOutputContent.includes(' unhealthy ')) this.#whenUnhealthy();
      return result ?? { CommandId, InstanceId, Status: 'InProgress' };
    };
  }

  async stop(): Promise<void> {
    await Promise.all(this.#work);
  }

  /** Lets a unit be unhealthy on an image from now on, and calls back when that is told; with nothing, all are well. */
  makeSick(unit?: string, image?: string, whenUnhealthy: () => void = () => undefined): void {
    this.#whenUnhealthy = whenUnhealthy;
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
  async running(host: string, image: string, patienceMs = 300_000): Promise<void> {
    const deadline = performance.now() + patienceMs;
    while (this.container(host)?.image !== image) {
      if (performance.now() > deadline) throw new Error(`${host} did not start ${image} in ${patienceMs} ms`);
      await delay(20);
    }
  }

  #begin(work: Promise<void>): void {
    this.#work.add(work);
    void work.finally(() => this.#work.delete(work));
  }

  async #act(commandId: string, instanceId: string, parameters: SentCommand['Parameters']): Promise<void> {
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
      KK_UNITS: `${this.#python} -IS ${resolve('infra/host/kk-units')}`,
      KK_SICK: join(this.#folder, 'sick'),
      AWS_ENDPOINT_URL: this.#moto.direct,
    };
    try {
      const { stdout, stderr } = await run(this.#python, ['-IS', resolve('infra/host/kk-units'), ...args], { env });
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

const DOCKER = `#!PYTHON -IS
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

/** Of the AWS CLI what kk-units uses. */
const AWS = `#!PYTHON -IS
import http.client, json, os, sys
args = sys.argv[1:]
if args[1] == "get-parameters-by-path":
    action, asked = "GetParametersByPath", {"Path": args[args.index("--path") + 1]}
elif args[1] == "get-parameter":
    action, asked = "GetParameter", {"Name": args[args.index("--name") + 1]}
else:
    sys.exit("aws: not here: " + args[1])
scope = "Credential=host/20260101/" + args[args.index("--region") + 1] + "/ssm/aws4_request"
server = http.client.HTTPConnection(os.environ["AWS_ENDPOINT_URL"].removeprefix("http://"))
server.request("POST", "/", json.dumps(asked), {
    "authorization": "AWS4-HMAC-SHA256 " + scope + ", SignedHeaders=host, Signature=0",
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": "AmazonSSM." + action,
})
answer = server.getresponse()
said = answer.read().decode()
if answer.status != 200:
    sys.exit(said)
print(said)
`;
