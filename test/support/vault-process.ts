// A host in a process of its own, to be killed: writes beats without end and says on stdout which ids are spooled.
import { randomUUID } from 'node:crypto';
import { append, openTestVault, put } from './vault.ts';

const [folder = '', remote = '', first = '0'] = process.argv.slice(2);
const vault = await openTestVault(folder, remote);
process.stdout.write('ready\n');

async function beat(author: string, number: number): Promise<void> {
  const id = randomUUID();
  const operations = [
    append(`agents/${author}/log/l.md`, `${id}\n`),
    put(`agents/${author}/state.md`, `beat ${number}\n`),
  ];
  await vault.write({ id, author, message: `Beat ${number}`, operations });
  process.stdout.write(`${author} ${id}\n`);
}

for (let number = Number(first); ; number++) {
  await Promise.all(['kk-a', 'kk-b', 'kk-c', 'kk-d', 'kk-e', 'kk-f'].map((author) => beat(author, number)));
  await new Promise((resolve) => setTimeout(resolve, 20));
}
