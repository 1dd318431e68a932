import { DescribeImagesCommand, type ECRClient } from '@aws-sdk/client-ecr';
import { askAws, awsErrorName } from '../aws/aws-failure.ts';
import { SwarmError } from '../core/errors.ts';

const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * Finds an image in the fleet's registry and pins it: `registry/repository@sha256:…`.
 * @param wanted a tag, a digest, or a whole reference to the same repository with either.
 * @throws SwarmError `swarm/bad-option` for any other text, `fleet/no-image` when the registry doesn't have it, `aws/…`.
 */
export async function findImage(ecr: ECRClient, repository: string, wanted: string): Promise<string> {
  const [name, id] = split(repository, wanted);
  const registryId = /^(\d{12})\./.exec(repository)?.[1];
  const repositoryName = repository.slice(repository.indexOf('/') + 1);
  const where = { repositoryName, ...(registryId === undefined ? {} : { registryId }) };
  const found = await askAws(`look for the image ${name}`, async () => {
    try {
      const { imageDetails = [] } = await ecr.send(new DescribeImagesCommand({ ...where, imageIds: [id] }));
      return imageDetails[0]?.imageDigest;
    } catch (error) {
      if (awsErrorName(error) === 'ImageNotFoundException') return undefined;
      if (awsErrorName(error) === 'RepositoryNotFoundException') return undefined;
      throw error;
    }
  });
  if (found !== undefined && DIGEST.test(found)) return `${repository}@${found}`;
  throw new SwarmError({
    code: 'fleet/no-image',
    disposition: 'stop',
    message: `There is no image ${name} in ${repository}${await othersIn(ecr, where)}`,
    next: 'Push it first, or name one that is there. Nothing was changed.',
  });
}

type ImageId = { readonly imageTag: string } | { readonly imageDigest: string };

function split(repository: string, wanted: string): readonly [name: string, id: ImageId] {
  const name =
    wanted.startsWith(`${repository}@`) || wanted.startsWith(`${repository}:`)
      ? wanted.slice(repository.length + 1)
      : wanted;
  if (DIGEST.test(name)) return [name, { imageDigest: name }];
  if (TAG.test(name)) return [name, { imageTag: name }];
  throw new SwarmError({
    code: 'swarm/bad-option',
    disposition: 'stop',
    message: `--image ${JSON.stringify(wanted.slice(0, 200))} is neither a tag nor a digest of ${repository}`,
    next: 'As in --image 0.2.0 or --image sha256:<64 hex digits>. Nothing was changed.',
  });
}

/** The newest tags of the repository, as a hint; empty where they can't be listed. */
async function othersIn(ecr: ECRClient, where: { readonly repositoryName: string }): Promise<string> {
  try {
    const { imageDetails = [] } = await ecr.send(
      new DescribeImagesCommand({ ...where, filter: { tagStatus: 'TAGGED' }, maxResults: 100 }),
    );
    const tags = imageDetails
      .sort((a, b) => (b.imagePushedAt?.getTime() ?? 0) - (a.imagePushedAt?.getTime() ?? 0))
      .flatMap(({ imageTags = [] }) => imageTags);
    return tags.length === 0 ? ', and no other image' : `; there are ${tags.slice(0, 5).join(', ')}`;
  } catch {
    return '';
  }
}
