import { randomBytes } from 'node:crypto';
import { connectChannel } from '../irc/connection.ts';
import type { ChannelOptions } from '../irc/connection-options.ts';

const JOIN_TIMEOUT_MS = 8000;

/** Reads the nicks in a channel by joining it briefly. @throws what `joined` throws. */
export async function probeRoster(
  channel: Pick<ChannelOptions, 'host' | 'port' | 'channel'>,
): Promise<readonly string[]> {
  const visitor = connectChannel({ ...channel, nick: `ops-${randomBytes(3).toString('hex')}` });
  try {
    await visitor.joined(JOIN_TIMEOUT_MS);
    const self = visitor.nick();
    return visitor.roster().filter((nick) => nick !== self);
  } finally {
    await visitor.close();
  }
}
