import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadManifests } from '../../../../lib/files/load-manifests.ts';
import { composeFile } from '../../../../scripts/build/compose-file.ts';

const compose = z.looseObject({
  services: z.record(
    z.string(),
    z.looseObject({
      image: z.string(),
      pull_policy: z.string(),
      build: z.looseObject({ target: z.string() }).optional(),
      // An empty list is how a service drops what it would inherit.
      depends_on: z
        .union([z.array(z.string()), z.record(z.string(), z.looseObject({}))])
        .default([])
        .transform((all) => (Array.isArray(all) ? all : Object.keys(all))),
    }),
  ),
});

describe('docker/compose.yaml', () => {
  let text: string;
  let services: z.output<typeof compose>['services'];
  beforeAll(async () => {
    text = composeFile(await loadManifests(['agents']));
    services = compose.parse(parse(text, { merge: true, maxAliasCount: -1 })).services;
  });
  const builders = () => Object.entries(services).filter(([, { build }]) => build !== undefined);

  it('is made from the manifests as they are', () => {
    expect(readFileSync('docker/compose.yaml', 'utf8')).toBe(text);
  });

  it('builds each image in one service only, since builds run at the same time', () => {
    const images = Object.values(services).map(({ image }) => image);
    expect(
      builders()
        .map(([, { image }]) => image)
        .sort(),
    ).toEqual([...new Set(images)].sort());
    for (const [, { image, build }] of builders()) expect(image).toContain(`karmakadabra/${build?.target}:`);
  });

  it('looks for no image at a registry, where another could have its name', () => {
    for (const { pull_policy } of Object.values(services)) expect(pull_policy).toBe('never');
  });

  it('starts whatever runs an image after the service that builds it', () => {
    const after = (name: string): readonly string[] => {
      const direct = services[name]?.depends_on ?? [];
      return [...direct, ...direct.flatMap(after)];
    };
    for (const [builder, { image }] of builders()) {
      for (const [name, service] of Object.entries(services)) {
        if (service.image === image && name !== builder) expect(after(name)).toContain(builder);
      }
    }
  });
});
