import { connect } from 'node:net';

// answers.js URL: ends with 0 when a server says there that it is well; for tcp://host:port, when one listens.
const url = new URL(process.argv[2]);
const listens = () =>
  new Promise((resolve) => {
    const socket = connect({ host: url.hostname, port: Number(url.port), timeout: 15_000 });
    socket.once('connect', () => resolve(true));
    for (const event of ['error', 'timeout']) socket.once(event, () => resolve(false));
  });
const isWell = () =>
  fetch(url, { signal: AbortSignal.timeout(15_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
process.exit((await (url.protocol === 'tcp:' ? listens() : isWell())) ? 0 : 1);
