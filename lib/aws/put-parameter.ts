import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { askAws } from './aws-failure.ts';
import { type AwsPlace, clientOptions } from './aws-place.ts';

/**
 * Sets a parameter of the Systems Manager; an existing value is overwritten.
 * @throws SwarmError `aws/…`
 */
export async function putParameter(place: AwsPlace, name: string, value: string): Promise<void> {
  const client = new SSMClient(clientOptions(place));
  try {
    await askAws(`write the parameter ${name}`, () =>
      client.send(new PutParameterCommand({ Name: name, Value: value, Type: 'String', Overwrite: true })),
    );
  } finally {
    client.destroy();
  }
}
