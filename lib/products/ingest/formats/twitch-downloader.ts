import { z } from 'zod';
import type { JsonFormat, JsonItem, ParsedLine } from './format.ts';
import { sentAtIso } from './instants.ts';
import { sampleItems } from './json-sample.ts';
import { personOf } from './people.ts';

const PATHS = ['$.comments.*'];

const comment = z.object({
  created_at: z.string(),
  commenter: z
    .object({ _id: z.string().nullish(), name: z.string().nullish(), display_name: z.string().nullish() })
    .nullish(),
  message: z.object({ body: z.string(), is_action: z.boolean().nullish() }),
});

/** The chats of videos as TwitchDownloader saves them (github.com/lay295/TwitchDownloader, `chatdownload` to JSON). */
export const twitchDownloaderFormat: JsonFormat = {
  name: 'twitch-downloader',
  form: 'TwitchDownloader (JSON)',
  unit: 'json',
  paths: PATHS,
  recognize: (sample) =>
    sampleItems(sample, PATHS).some((item) => readComment(item).kind === 'message') ? 'certain' : 'no',
  open: () => ({ read: readComment }),
};

function readComment({ value }: JsonItem): ParsedLine {
  const parsed = comment.safeParse(value);
  if (!parsed.success) return { kind: 'unknown' };
  const { commenter, created_at: created, message } = parsed.data;
  const id = commenter?._id;
  const by = personOf([commenter?.name, commenter?.display_name], typeof id === 'string' ? `twitch:${id}` : undefined);
  const at = sentAtIso(created);
  if (by === undefined || at === undefined) return { kind: 'unknown' };
  const [, acted] = /^\u0001ACTION (.*?)\u0001?$/su.exec(message.body) ?? [];
  const action = acted !== undefined || message.is_action === true;
  return { kind: 'message', at, by, text: acted ?? message.body, action };
}
