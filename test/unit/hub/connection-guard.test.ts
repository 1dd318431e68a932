import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { guardConnections } from '../../../lib/hub/connection-guard.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

/** A guarded server, and a function that connects and gives both ends. */
async function guarded(bounds: {
  readonly all: number;
  readonly ofAccount: number;
  readonly unknownOfAddress: number;
}) {
  const server = createServer();
  const guard = guardConnections(server, bounds);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const open = async () => {
    const client = connect({ host: '127.0.0.1', port });
    client.on('error', () => undefined);
    cleanUps.push(() => client.destroy());
    const [there] = (await once(server, 'connection')) as [Socket];
    return { client, there };
  };
  return { guard, open };
}

describe('connections to the hub', () => {
  it('of an address that don’t sign in give way to newer ones, and those that did stay', async () => {
    const { guard, open } = await guarded({ all: 100, ofAccount: 2, unknownOfAddress: 3 });
    const first = await open();
    expect(guard.signedIn(first.there, 'kk-a')).toBe(true);
    const silent = [await open(), await open(), await open()];
    const newest = await open();
    expect([first, ...silent, newest].map(({ there }) => there.destroyed)).toEqual([false, true, false, false, false]);
    expect(guard.signedIn(newest.there, 'kk-b')).toBe(true);
  });

  it('are few for each account, and one that has ended makes room', async () => {
    const { guard, open } = await guarded({ all: 100, ofAccount: 2, unknownOfAddress: 100 });
    const mine = [await open(), await open(), await open()];
    expect(mine.map(({ there }) => guard.signedIn(there, 'kk-a'))).toEqual([true, true, false]);
    expect(guard.signedIn((await open()).there, 'kk-b')).toBe(true);
    const [one, , third] = mine;
    expect(one !== undefined && guard.signedIn(one.there, 'kk-a')).toBe(true);
    const gone = one === undefined ? undefined : once(one.there, 'close');
    one?.client.destroy();
    await gone;
    expect(third !== undefined && guard.signedIn(third.there, 'kk-a')).toBe(true);
  });

  it('give way also when there are too many in all', async () => {
    const { guard, open } = await guarded({ all: 2, ofAccount: 2, unknownOfAddress: 100 });
    const [first, second] = [await open(), await open()];
    guard.signedIn(first.there, 'kk-a');
    const third = await open();
    expect([first, second, third].map(({ there }) => there.destroyed)).toEqual([false, true, false]);
    guard.signedIn(third.there, 'kk-a');
    expect((await open()).there.destroyed).toBe(true);
  });
});
