import type { FleetConfig } from './fleet-config.ts';

/** The parts of the configuration that names are made of. */
export type NameParts = Pick<FleetConfig, 'stack' | 'accountId' | 'region'>;

/** The name of the hub's unit and of its host. */
export const HUB = 'hub';
/** The name of the one host of a packed fleet. */
export const PACK = 'pack';

/** Every name and ARN of a fleet. They follow from the configuration alone, so that policies can be read and tested as text. */
export interface Names {
  readonly stack: string;
  readonly region: string;
  readonly accountId: string;
  readonly accountRoot: string;
  readonly deliveries: string;
  readonly corpus: string;
  readonly operatorRole: string;
  readonly topic: string;
  readonly unitDocument: string;
  /** Lets people reach the hub's two ports through Session Manager. */
  readonly hubDocument: string;
  readonly hubCaParameter: string;
  /** The repositories of the two images. */
  readonly repository: (what: 'agent' | 'hub') => string;
  /** The role a container acts as; `unit` is an agent's name, {@link HUB} or the steward's. */
  readonly unitRole: (unit: string) => string;
  readonly unitRolePath: string;
  readonly hostRole: (host: string) => string;
  readonly hostRolePath: string;
  readonly secret: (unit: string) => string;
  /** The secret of the RPC's address where that holds a key. No unit may be called `rpc`. */
  readonly rpcSecret: string;
  readonly logGroup: (unit: string) => string;
  /** The path of the parameters that tell a host what to run, one per unit. */
  readonly unitsPath: (host: string) => string;
  /** The path of the parameters that tell a host the image of each unit, one per unit. */
  readonly imagesPath: (host: string) => string;
  /** The prefix of an agent's objects in a bucket. The slash at its end keeps kk-a out of kk-ab. */
  readonly prefix: (agent: string) => string;
  readonly arn: {
    readonly bucket: (name: string) => string;
    readonly role: (path: string, name: string) => string;
    readonly parameter: (name: string) => string;
    readonly logGroup: (name: string) => string;
    readonly repository: (name: string) => string;
    readonly instances: string;
    readonly document: (name: string) => string;
    readonly secrets: (pattern: string) => string;
    readonly topic: string;
  };
}

/** Creates the names of a fleet. */
export function namesOf(parts: NameParts): Names {
  const { stack, accountId, region } = parts;
  const regional = (service: string, resource: string) => `arn:aws:${service}:${region}:${accountId}:${resource}`;
  return {
    stack,
    region,
    accountId,
    accountRoot: `arn:aws:iam::${accountId}:root`,
    deliveries: `${stack}-deliveries-${accountId}-${region}`,
    corpus: `${stack}-corpus-${accountId}-${region}`,
    operatorRole: `${stack}-operator`,
    topic: `${stack}-alarms`,
    unitDocument: `${stack}-unit`,
    hubDocument: `${stack}-hub`,
    hubCaParameter: `/${stack}/hub/ca`,
    repository: (what) => `${stack}/${what}`,
    unitRole: (unit) => `${stack}-unit-${unit}`,
    unitRolePath: `/${stack}/units/`,
    hostRole: (host) => `${stack}-host-${host}`,
    hostRolePath: `/${stack}/hosts/`,
    secret: (unit) => `${stack}/units/${unit}`,
    rpcSecret: `${stack}/units/rpc`,
    logGroup: (unit) => `/${stack}/units/${unit}`,
    unitsPath: (host) => `/${stack}/hosts/${host}/units`,
    imagesPath: (host) => `/${stack}/hosts/${host}/images`,
    prefix: (agent) => `agents/${agent}/`,
    arn: {
      bucket: (name) => `arn:aws:s3:::${name}`,
      role: (path, name) => `arn:aws:iam::${accountId}:role${path}${name}`,
      parameter: (name) => regional('ssm', `parameter${name}`),
      logGroup: (name) => regional('logs', `log-group:${name}`),
      repository: (name) => regional('ecr', `repository/${name}`),
      instances: regional('ec2', 'instance/*'),
      document: (name) => regional('ssm', `document/${name}`),
      secrets: (pattern) => regional('secretsmanager', `secret:${pattern}`),
      topic: regional('sns', `${stack}-alarms`),
    },
  };
}
