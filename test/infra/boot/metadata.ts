import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';

/** What EC2 tells an instance about itself. */
export const instanceSchema = z.strictObject({
  address: z.string(),
  instanceId: z.string(),
  hostname: z.string(),
  role: z.string(),
  accessKeyId: z.string(),
  /** As `aws_instance.user_data_base64` holds it. */
  userData: z.string(),
});
export type InstanceFacts = z.output<typeof instanceSchema>;

type Tree = { readonly [name: string]: string | Tree };

const TOKEN = 'token-of-the-metadata-service';

/**
 * Answers as the instance metadata service, version 2 only: a token first, then facts by path. Who asks is known by
 * address. Source: EC2 user guide, "Use the Instance Metadata Service".
 */
export function answerMetadata(
  instances: readonly InstanceFacts[],
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const say = (status: number, body: string | Buffer = '') => response.writeHead(status).end(body);
  const path = (request.url ?? '').split('/').slice(1);
  if (request.method === 'PUT' && path.join('/') === 'latest/api/token') {
    response.setHeader('x-aws-ec2-metadata-token-ttl-seconds', '21600');
    return void say(200, TOKEN);
  }
  const instance = instances.find(({ address }) => address === request.socket.remoteAddress);
  // cloud-init asks for a token where the firmware says EC2; a container has no firmware to say so.
  const isSecret = path.includes('security-credentials');
  if (request.headers['x-aws-ec2-metadata-token'] !== TOKEN && isSecret) return void say(401);
  if (instance === undefined) return void say(404);
  if (path[1] === 'user-data') return void say(200, Buffer.from(instance.userData, 'base64'));
  const found = lookUp({ 'meta-data': facts(instance), dynamic: {} }, path.slice(1));
  if (found === undefined) return void say(404);
  say(200, typeof found === 'string' ? found : listing(found));
}

function lookUp(tree: Tree, path: readonly string[]): string | Tree | undefined {
  let at: string | Tree | undefined = tree;
  for (const part of path.filter((one) => one !== '')) at = typeof at === 'object' ? at[part] : undefined;
  return at;
}

function listing(tree: Tree): string {
  return Object.entries(tree)
    .map(([name, below]) => (typeof below === 'string' ? name : `${name}/`))
    .join('\n');
}

function facts({ instanceId, hostname, role, accessKeyId, address }: InstanceFacts): Tree {
  const until = new Date(Date.now() + 6 * 3_600_000).toISOString().replace(/\.\d+Z$/, 'Z');
  const credentials = {
    Code: 'Success',
    Type: 'AWS-HMAC',
    LastUpdated: '2026-01-01T00:00:00Z',
    AccessKeyId: accessKeyId,
    SecretAccessKey: 'secret-of-the-host',
    Token: 'session-of-the-host',
    Expiration: until,
  };
  return {
    'ami-id': 'ami-0123456789abcdef0',
    hostname,
    'instance-id': instanceId,
    'instance-type': 't4g.micro',
    'local-hostname': hostname,
    'local-ipv4': address,
    placement: { 'availability-zone': 'us-east-1a', region: 'us-east-1' },
    iam: {
      info: JSON.stringify({ Code: 'Success', InstanceProfileArn: role }),
      'security-credentials': { [role]: JSON.stringify(credentials) },
    },
  };
}
