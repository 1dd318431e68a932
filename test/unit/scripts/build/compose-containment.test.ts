import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadManifests } from '../../../../lib/files/load-manifests.ts';
import { composeFile } from '../../../../scripts/build/compose-file.ts';

const compose = z.looseObject({
  networks: z.record(z.string(), z.looseObject({ internal: z.boolean().optional() })),
  services: z.record(
    z.string(),
    z.looseObject({
      networks: z.array(z.string()),
      ports: z.array(z.string()).default([]),
      volumes: z.array(z.string()).default([]),
    }),
  ),
});

// What the engine makes of it is seen in test/containers; that it is asked for is seen here, in no time.
describe('each container of docker/compose.yaml', () => {
  let file: z.output<typeof compose>;
  beforeAll(async () => {
    const text = composeFile(await loadManifests(['agents']));
    file = compose.parse(parse(text, { merge: true, maxAliasCount: -1 }));
  });
  const services = () => Object.entries(file.services);

  it('is read-only, without capabilities or a way to new ones, and bounded', () => {
    expect(services()).toHaveLength(24 + 5);
    for (const [name, service] of services()) {
      expect(service, name).toMatchObject({
        init: true,
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        pids_limit: expect.any(Number),
        mem_limit: expect.stringMatching(/^\d+m$/),
      });
      for (const key of ['privileged', 'cap_add', 'devices', 'network_mode', 'pid', 'user']) {
        expect(service, name).not.toHaveProperty(key);
      }
    }
  });

  it('is on a network without a way out, but for the hub, whose door is on loopback', () => {
    expect(file.networks.floor?.internal).toBe(true);
    for (const [name, { networks, ports }] of services()) {
      expect([...networks].sort(), name).toEqual(name === 'hub' ? ['door', 'floor'] : ['floor']);
      if (name !== 'hub') expect(ports, name).toEqual([]);
      for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:/);
    }
  });

  it('sees its own secret and state and nobody else’s, the secret read-only; set-up alone sees them all', () => {
    for (const [name, { volumes }] of services()) {
      const mounted = (kind: string) => volumes.filter((volume) => volume.startsWith(`${kind}-`));
      expect(mounted('state'), name).toEqual([`state-${name}:/state`]);
      if (name === 'setup') expect(mounted('secret')).toHaveLength(24 + 3);
      else expect(mounted('secret'), name).toEqual(name === 'chain' ? [] : [`secret-${name}:/run/kk/secret:ro`]);
    }
  });
});
