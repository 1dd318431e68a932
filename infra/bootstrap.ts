import { S3Client } from '@aws-sdk/client-s3';
import { formatError, SwarmError } from '../lib/core/errors.ts';
import { readFleetConfig } from '../lib/fleet/read-config.ts';
import { ensureStateBucket } from './state-bucket.ts';

// `npx tsx infra/bootstrap.ts`, once before the first deploy: makes the bucket that Terraform keeps its state in.
try {
  const { state, region, accountId } = readFleetConfig(process.env.KK_FLEET_CONFIG ?? 'infra/fleet.yaml');
  if (state.kind === 'local') {
    throw new SwarmError({
      code: 'infra/local-state',
      disposition: 'stop',
      message: 'The configuration keeps its state in a local file, which needs no bucket',
      next: 'Set state to {kind: s3, bucket: …} to share it, or deploy as it is.',
    });
  }
  const custom = process.env.AWS_ENDPOINT_URL !== undefined || process.env.AWS_ENDPOINT_URL_S3 !== undefined;
  const s3 = new S3Client({ region, forcePathStyle: custom });
  const made = await ensureStateBucket(s3, { bucket: state.bucket, region, accountId });
  process.stdout.write(`${made ? 'Made' : 'Checked'} the bucket ${state.bucket}. Next: npx cdktf deploy\n`);
} catch (error) {
  const isCredentials = error instanceof Error && /credential|token|sso/i.test(`${error.name} ${error.message}`);
  const hint = isCredentials ? ' Next: log in to AWS (aws sso login, or AWS_PROFILE), then run this again.' : '';
  process.stderr.write(`${formatError(error)}${hint}\n`);
  process.exitCode = 1;
}
