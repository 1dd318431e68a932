import { request } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { z } from 'zod';

/** One call of an AWS service's JSON API over the cloud's own socket, unsigned. @throws Error with what it answered. */
export async function callAws(socketPath: string, service: string, target: string, body: unknown): Promise<unknown> {
  const scope = `Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  const text = JSON.stringify(body);
  const headers = {
    host: `${service}.us-east-1.amazonaws.com`,
    authorization: `AWS4-HMAC-SHA256 ${scope}`,
    'content-type': 'application/x-amz-json-1.1',
    'content-length': Buffer.byteLength(text),
    'x-amz-target': target,
  };
  return await new Promise((resolve, reject) => {
    const sent = request({ socketPath, method: 'POST', path: '/', headers }, (answer) => {
      textOf(answer).then((said) => {
        // Some actions answer nothing at all.
        if (answer.statusCode === 200) resolve(said === '' ? {} : JSON.parse(said));
        else reject(new Error(`${target}: ${said}`));
      }, reject);
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

const found = z.looseObject({ Parameter: z.looseObject({ Value: z.string() }) });

/** The value of a parameter. */
export async function readParameter(socketPath: string, Name: string): Promise<string> {
  return found.parse(await callAws(socketPath, 'ssm', 'AmazonSSM.GetParameter', { Name })).Parameter.Value;
}

/** Writes a parameter, whatever it was. */
export async function writeParameter(socketPath: string, Name: string, Value: string): Promise<void> {
  await callAws(socketPath, 'ssm', 'AmazonSSM.PutParameter', { Name, Value, Type: 'String', Overwrite: true });
}

/** Makes a bucket. */
export async function makeBucket(socketPath: string, name: string): Promise<void> {
  const headers = { host: 's3.us-east-1.amazonaws.com', 'content-length': 0 };
  await new Promise<void>((resolve, reject) => {
    const sent = request({ socketPath, method: 'PUT', path: `/${name}`, headers }, (answer) => {
      answer.resume();
      if (answer.statusCode === 200) resolve();
      else reject(new Error(`the bucket ${name} was refused: ${answer.statusCode}`));
    });
    sent.on('error', reject);
    sent.end();
  });
}
