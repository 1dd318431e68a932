import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The path of a program of this machine, or undefined. */
export function findProgram(name: string): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Look on.
    }
  }
  return undefined;
}

/** An error that AWS would give: its name and its words. */
export interface AwsRefusal {
  readonly name: string;
  readonly message: string;
}

/** The AWS API on loopback, and between it and us a hand that can refuse calls. */
export interface Moto {
  readonly endpoint: string;
  /** Asked for each call with its action (as in `CreateSecret`) and its body; what it gives is answered instead. */
  refuse: (action: string, body: string) => AwsRefusal | undefined;
  /** Asked for each call; what it gives is AWS's answer, where moto has none worth having. */
  answer: (action: string, body: string) => Promise<object | undefined>;
  /** moto without that hand. */
  readonly direct: string;
  /** The actions that were called, in order. */
  readonly calls: string[];
  readonly close: () => Promise<void>;
}

/** Starts moto's server (`pip install moto[server]`) and waits until it answers. */
export async function startMoto(program: string): Promise<Moto> {
  const port = await freePort();
  const child = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const calls: string[] = [];
  const moto = { refuse: (): AwsRefusal | undefined => undefined };
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const body = await textOf(incoming);
      const target = String(incoming.headers['x-amz-target'] ?? '').split('.')[1];
      const action = target ?? /(?:^|&)Action=(\w+)/.exec(body)?.[1] ?? '';
      calls.push(action);
      const refusal = handle.refuse(action, body);
      if (refusal !== undefined) {
        outgoing.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
        outgoing.end(JSON.stringify({ __type: refusal.name, message: refusal.message, Message: refusal.message }));
        return;
      }
      const answered = await handle.answer(action, body);
      if (answered !== undefined) {
        outgoing.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
        outgoing.end(JSON.stringify(answered));
        return;
      }
      const { method, url, headers } = incoming;
      const onward = request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => outgoing.destroy());
      onward.end(body);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  const handle: Moto = {
    endpoint: `http://127.0.0.1:${address.port}`,
    direct: `http://127.0.0.1:${port}`,
    refuse: moto.refuse,
    answer: async () => undefined,
    calls,
    close: async () => {
      server.closeAllConnections();
      server.close();
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
  const deadline = performance.now() + 60_000;
  while (!(await answers(port))) {
    if (performance.now() > deadline || child.exitCode !== null) {
      await handle.close();
      throw new Error('moto_server did not answer in 60 s');
    }
    await delay(100);
  }
  return handle;
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

async function answers(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/moto-api/`, { signal: AbortSignal.timeout(1_000) })).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
