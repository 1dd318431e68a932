import { z } from 'zod';
import type { ContainerWorld } from './world.ts';

const container = z.object({
  Id: z.string(),
  Name: z.string(),
  RestartCount: z.number(),
  State: z.object({
    Status: z.string(),
    Pid: z.number(),
    ExitCode: z.number(),
    OOMKilled: z.boolean(),
    StartedAt: z.string(),
    FinishedAt: z.string(),
    Health: z.object({ Status: z.string(), Log: z.array(z.object({ Output: z.string() })).nullish() }).nullish(),
  }),
  Config: z.object({
    Labels: z.record(z.string(), z.string()),
    User: z.string(),
    Env: z.array(z.string()),
    Image: z.string(),
    Healthcheck: z.object({ Test: z.array(z.string()).nullish() }).nullish(),
  }),
  HostConfig: z.object({
    ReadonlyRootfs: z.boolean(),
    CapDrop: z.array(z.string()).nullable(),
    SecurityOpt: z.array(z.string()).nullable(),
    Memory: z.number(),
    PidsLimit: z.number().nullable(),
    Init: z.boolean().nullish(),
    Privileged: z.boolean(),
  }),
  Mounts: z.array(
    z.object({
      Type: z.string(),
      Name: z.string().optional(),
      Source: z.string(),
      Destination: z.string(),
      RW: z.boolean(),
    }),
  ),
  NetworkSettings: z.object({
    Networks: z.record(z.string(), z.object({ IPAddress: z.string() })),
    Ports: z.record(z.string(), z.array(z.object({ HostPort: z.string() })).nullable()),
  }),
});

/** A container of the project as the engine describes it, by the name of its service. */
export type Unit = z.infer<typeof container> & { readonly service: string };

/** All containers of the project. */
export async function unitsOf({ docker, project }: ContainerWorld): Promise<readonly Unit[]> {
  const filter = `label=com.docker.compose.project=${project}`;
  const ids = (await docker.run(['ps', '--all', '--quiet', '--no-trunc', '--filter', filter]))
    .split('\n')
    .filter(Boolean);
  if (ids.length === 0) return [];
  const found = z.array(container).parse(JSON.parse(await docker.run(['inspect', ...ids])));
  return found.map((one) => ({ ...one, service: one.Config.Labels['com.docker.compose.service'] ?? '' }));
}

/** One of them. @throws where it isn't there. */
export async function unitOf(world: ContainerWorld, service: string): Promise<Unit> {
  const unit = (await unitsOf(world)).find((one) => one.service === service);
  if (unit === undefined) throw new Error(`there is no container of ${service}`);
  return unit;
}

/** Why not all units are healthy, one line; undefined when they are. The set-up has ended well. */
export function unwell(units: readonly Unit[]): string | undefined {
  const ill = units.filter(({ service, State }) =>
    service === 'setup' ? State.Status !== 'exited' || State.ExitCode !== 0 : State.Health?.Status !== 'healthy',
  );
  if (ill.length === 0 && units.length > 0) return undefined;
  return ill
    .map(
      ({ service, State }) =>
        `${service} ${State.Status} ${State.Health?.Status ?? ''} ${State.Health?.Log?.at(-1)?.Output.trim() ?? ''}`,
    )
    .join('; ');
}

/** The address of a unit on the swarm's own network. */
export function addressOf(unit: Unit): string {
  const found = Object.entries(unit.NetworkSettings.Networks).find(([name]) => name.endsWith('_floor'));
  if (found === undefined) throw new Error(`${unit.service} is not on the floor`);
  return found[1].IPAddress;
}

/** Where a port of a unit is on this machine's loopback: another one after each start. */
export function portOf(unit: Unit, port: number): number {
  const found = unit.NetworkSettings.Ports[`${port}/tcp`]?.[0]?.HostPort;
  if (found === undefined) throw new Error(`${unit.service} has no door at ${port}`);
  return Number(found);
}
