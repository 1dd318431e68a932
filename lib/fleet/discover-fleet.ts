import type { FleetClients } from '../aws/clients.ts';
import { SwarmError } from '../core/errors.ts';
import type { Fleet, FleetUnit } from './fleet.ts';
import { namesOf } from './fleet-names.ts';
import { readInstances } from './instances.ts';
import { readHostParameters } from './parameters.ts';

/**
 * Finds a fleet through AWS alone, from any machine with the operator's credentials: parameters say what each host is to run,
 * tags which machine is which host. The configured images are not known this way.
 * @throws SwarmError `fleet/not-deployed` when there is nothing of that name, and `aws/…`.
 */
export async function discoverFleet(clients: FleetClients, stack: string): Promise<Fleet> {
  const region = await clients.ssm.config.region().catch(() => '');
  const [parameters, instances] = await Promise.all([
    readHostParameters(clients.ssm, stack),
    readInstances(clients.ec2, stack),
  ]);
  const accountId = instances[0]?.accountId ?? '';
  const names = namesOf({ stack, accountId, region });
  const registry = `${accountId}.dkr.ecr.${region}.amazonaws.com`;
  const units = [...parameters.keys()].flatMap((name): readonly FleetUnit[] => {
    const [, host, unit] = /^\/[^/]+\/hosts\/([^/]+)\/units\/([^/]+)$/.exec(name) ?? [];
    if (host === undefined || unit === undefined) return [];
    const imageParameter = `${names.imagesPath(host)}/${unit}`;
    return [{ unit, host, logGroup: names.logGroup(unit), imageParameter, configuredImage: undefined }];
  });
  if (units.length === 0 || instances.length === 0) {
    throw new SwarmError({
      code: 'fleet/not-deployed',
      disposition: 'stop',
      message: `There is no running fleet called ${stack} in ${region}: ${units.length} units, ${instances.length} machines`,
      next: 'Check --stack, --region and whose credentials these are; npx cdktf deploy creates a fleet (infra/README.md).',
    });
  }
  return {
    source: `the account ${accountId}`,
    stack,
    region,
    accountId,
    unitDocument: names.unitDocument,
    repositories: { agent: `${registry}/${names.repository('agent')}`, hub: `${registry}/${names.repository('hub')}` },
    hosts: instances.map(({ host, instanceId }) => ({ host, instanceId, boot: undefined })),
    units: units.sort((a, b) => (a.unit < b.unit ? -1 : 1)),
  };
}
