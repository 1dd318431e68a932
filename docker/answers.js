import { connect } from 'node:net';

// answers.js URL...: ends with 0 when a server at one of them says that it is well; for tcp://host:port, when one listens.
const listens = (url) =>
  new Promise((resolve) => {
    const socket = connect({ host: url.hostname, port: Number(url.port), timeout: 15_000 });
    socket.once('connect', () => resolve(true));
    for (const event of ['error', 'timeout']) socket.once(event, () => resolve(false));
  });
const isWell = (url) =>
  fetch(url, { signal: AbortSignal.timeout(15_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
const urls = process.argv.slice(2).map((text) => new URL(text));
const answers = await Promise.all(urls.map((url) => (url.protocol === 'tcp:' ? listens(url) : isWell(url))));
process.exit(answers.includes(true) ? 0 : 1);
