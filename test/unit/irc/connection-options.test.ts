import { describe, expect, it } from 'vitest';
import { checkOptions } from '../../../lib/irc/connection-options.ts';

const sasl = { account: 'kk-a', password: 'open sesame' };
const seat = { port: 6667, nick: 'kk-a', channel: '#karmakadabra', sasl };

describe('the password of a seat', () => {
  it.each(['irc.example.net', '192.0.2.7', '::', '127.0.0.1.example.net', 'localhost.example.net', '1270.0.0.1'])(
    'stays here where the way is not safe, and that is said without it: %s',
    (host) => {
      const logged: string[] = [];
      const checked = checkOptions({ ...seat, host, log: (message) => logged.push(message) });
      expect(checked.sasl).toBeUndefined();
      expect(logged).toEqual(['SASL is left out: the connection has no TLS']);
    },
  );

  it.each(['localhost', '127.0.0.1', '127.8.9.10', '::1'])('is used on this machine: %s', (host) => {
    expect(checkOptions({ ...seat, host }).sasl).toEqual(sasl);
  });

  it.each([true, { ca: 'a certificate' }])('is used over TLS: %o', (tls) => {
    expect(checkOptions({ ...seat, host: 'irc.example.net', tls })).toMatchObject({ tls: true, sasl });
  });
});
