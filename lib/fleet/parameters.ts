import { GetParametersByPathCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { askAws } from '../aws/aws-failure.ts';

/** Reads all parameters of the fleet's hosts: values by name. @throws SwarmError `aws/…`. */
export async function readHostParameters(ssm: SSMClient, stack: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  let NextToken: string | undefined;
  do {
    const page = await askAws(`read the parameters of ${stack}`, () =>
      ssm.send(
        new GetParametersByPathCommand({
          Path: `/${stack}/hosts`,
          Recursive: true,
          ...(NextToken === undefined ? {} : { NextToken }),
        }),
      ),
    );
    for (const { Name, Value } of page.Parameters ?? []) {
      if (Name !== undefined && Value !== undefined) found.set(Name, Value);
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined && NextToken !== '');
  return found;
}

/** Sets the image that a unit is to run. Its host applies it at the next sync. @throws SwarmError `aws/…`. */
export async function writeImage(ssm: SSMClient, parameter: string, image: string): Promise<void> {
  await askAws(`write the parameter ${parameter}`, () =>
    ssm.send(new PutParameterCommand({ Name: parameter, Value: image, Overwrite: true })),
  );
}
