import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { findProgram } from './find-program.ts';
import { shared } from './shared.ts';

/** An error that AWS would give: its name and its words. */
export interface AwsRefusal {
  readonly name: string;
  readonly message: string;
}

/** The AWS API on loopback, and before it a proxy that can refuse calls. */
export interface Moto {
  readonly endpoint: string;
  /** Asked for each call with its action (as in `CreateSecret`) and its body; what it gives is answered instead. */
  refuse: (action: string, body: string) => AwsRefusal | undefined;
  /** Asked for each call; what it gives is AWS's answer, where moto has none worth having. */
  answer: (action: string, body: string) => Promise<object | undefined>;
  /** The same account, where nothing is refused or answered instead. */
  readonly direct: string;
  /** The actions that were called, in order. */
  readonly calls: string[];
  readonly close: () => Promise<void>;
}

/** What keeps tests of this from running here, as text for people; empty where there is a server. */
export const MISSING_MOTO = findProgram('moto_server') === undefined ? 'moto_server' : '';

/** An account in the server that tests share. Files run at the same time: each takes an account that no other has. */
export async function startMoto(account = '123456789012'): Promise<Moto> {
  const port = Number(new URL(await shared('moto')).port);
  const calls: string[] = [];
  const watched = createServer((incoming, outgoing) => {
    void (async () => {
      const body = await buffer(incoming);
      const text = body.toString('utf8');
      const target = String(incoming.headers['x-amz-target'] ?? '').split('.')[1];
      const action = target ?? /(?:^|&)Action=(\w+)/.exec(text)?.[1] ?? '';
      calls.push(action);
      const refusal = moto.refuse(action, text);
      if (refusal !== undefined) return refuseWith(outgoing, refusal, target !== undefined);
      const answered = await moto.answer(action, text);
      if (answered === undefined) return pass(incoming, body, outgoing, port, account);
      outgoing.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answered));
    })().catch(() => outgoing.destroy());
  }).listen(0, '127.0.0.1');
  const plain = createServer((incoming, outgoing) => {
    buffer(incoming).then(
      (body) => pass(incoming, body, outgoing, port, account),
      () => outgoing.destroy(),
    );
  }).listen(0, '127.0.0.1');
  await Promise.all([watched, plain].map((server) => once(server, 'listening')));
  const urlOf = (server: typeof plain) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const moto: Moto = {
    endpoint: urlOf(watched),
    direct: urlOf(plain),
    refuse: () => undefined,
    answer: async () => undefined,
    calls,
    close: async () => {
      for (const server of [watched, plain]) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
  return moto;
}

/** A refusal as the JSON services write it, or as EC2 and its like do. */
function refuseWith(outgoing: ServerResponse, { name, message }: AwsRefusal, isJson: boolean): void {
  if (isJson) {
    outgoing.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
    outgoing.end(JSON.stringify({ __type: name, message, Message: message }));
    return;
  }
  const error = `<Errors><Error><Code>${name}</Code><Message>${message}</Message></Error></Errors>`;
  outgoing.writeHead(400, { 'content-type': 'text/xml' });
  outgoing.end(`<?xml version="1.0" encoding="UTF-8"?>\n<Response>${error}<RequestID>1</RequestID></Response>`);
}

function pass(
  { method, url, headers }: IncomingMessage,
  body: Buffer,
  outgoing: ServerResponse,
  port: number,
  account: string,
): void {
  const { 'transfer-encoding': _, ...kept } = headers;
  const said = { ...kept, 'content-length': body.length, 'x-moto-account-id': account };
  const onward = request({ host: '127.0.0.1', port, method, path: url, headers: said }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(outgoing);
    answer.on('error', () => outgoing.destroy());
  });
  onward.on('error', () => outgoing.destroy());
  onward.end(body);
}
