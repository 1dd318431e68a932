import { isPlainWord } from './ordinary.ts';
import { type Found, finder, type Rule } from './rule.ts';

const NAME = String.raw`[\p{L}\p{N}._%+-]{2,64}`;
/** Hosts whose paths begin with the name of a person or start with a word and then a name. */
const AFTER_HOST = [
  String.raw`(?:mobile\.|m\.|www\.)?(?:twitter|x|nitter)\.(?:com|net)\/(?:@|#!\/)?`,
  String.raw`(?:www\.|gist\.|raw\.)?github(?:usercontent)?\.com\/(?:users\/|orgs\/)?`,
  String.raw`(?:www\.)?(?:gitlab\.com|bitbucket\.org|codeberg\.org|gitorious\.org|git\.sr\.ht|sr\.ht)\/(?:u\/|~)?`,
  String.raw`(?:[a-z]{2,3}(?:-[a-z]{2})?\.|www\.|m\.)?(?:facebook|fb|instagram)\.(?:com|me)\/(?:people\/|stories\/|profile\.php\?id=)?`,
  String.raw`(?:[a-z]{2,3}\.)?linkedin\.com\/(?:in|pub)\/`,
  String.raw`(?:t|telegram)\.me\/`,
  String.raw`(?:www\.|m\.)?twitch\.tv\/`,
  String.raw`(?:www\.|m\.)?youtube\.com\/(?:@|user\/|c\/)`,
  String.raw`(?:www\.|old\.|np\.)?reddit\.com\/(?:u|user)\/`,
  String.raw`steamcommunity\.com\/(?:id|profiles)\/`,
  String.raw`(?:www\.)?last\.?fm(?:\.com)?\/user\/`,
  String.raw`(?:www\.)?flickr\.com\/(?:photos|people)\/`,
  String.raw`(?:www\.)?(?:myspace|soundcloud|deviantart|pinterest|vk|orkut|ask|patreon|ko-fi|buymeacoffee|keybase|about|dailymotion|vimeo|linktr|venmo|tumblr|snapchat|onlyfans|mixcloud|identi|friendfeed|delicious|del\.icio)\.(?:com|io|me|fm|ee|ca|us)\/(?:users\/|people\/|channel\/|user\/|add\/|@|u\/)?`,
  String.raw`(?:www\.)?(?:tiktok|medium|threads)\.(?:com|net)\/@`,
  String.raw`(?:paypal\.me|paypal\.com\/paypalme|cash\.app|wa\.me|api\.whatsapp\.com\/send\?phone=)\/?\$?`,
  String.raw`(?:sourceforge|sf)\.net\/(?:users|u)\/`,
  String.raw`stackoverflow\.com\/users\/\d{1,9}\/|(?:hub\.docker\.com\/(?:u|r)|(?:www\.)?npmjs\.com\/~|pypi\.org\/user|crates\.io\/users|addons\.mozilla\.org\/user|news\.ycombinator\.com\/user\?id=)\/?`,
  String.raw`(?:[a-z0-9-]{1,40}\.){1,3}[a-z]{2,8}\/(?:@|~|users\/\d{1,9}\/|user\/|profiles?\/|u\/|member\.php\?u=|User:)`,
].join('|');
const PROFILE = new RegExp(String.raw`(?<![\p{L}\p{N}@.-])(?:https?:\/\/)?(?:${AFTER_HOST})(?<secret>${NAME})`, 'giu');
const SUBDOMAIN =
  /(?<![\p{L}\p{N}@.-])(?:https?:\/\/)?(?!www\.|blog\.|m\.|en\.|es\.|help\.|support\.|api\.|docs\.)(?<secret>[a-z0-9][a-z0-9-]{1,62})(?=\.(?:github\.io|github\.com|gitlab\.io|livejournal\.com|blogspot\.(?:com|co\.uk|com\.es|com\.ar|mx|de|fr)|wordpress\.com|tumblr\.com|deviantart\.com|bandcamp\.com|substack\.com|medium\.com|typepad\.com|carbonmade\.com|podomatic\.com|itch\.io|neocities\.org|bsky\.social|slack\.com)(?![\p{L}\p{N}]))/giu;
const TILDE_PAGE = /(?<=\p{L}\/(?:[\p{L}\p{N}_-]{1,40}\/){0,3})(?:~|%7E)(?<secret>[\p{L}][\p{L}\p{N}._-]{1,40})/giu;
const FEDIVERSE =
  /(?<![\p{L}\p{N}@.])@(?<secret>[\p{L}\p{N}_.-]{2,40}@[\p{L}\p{N}-]{1,40}(?:\.[\p{L}\p{N}-]{2,20}){1,3})/gu;
const DISCORD_TAG =
  /(?<![\p{L}\p{N}#/&;.])(?!(?:bug|bugs|lp|launchpad|debian|issue|issues|pr|ticket|bz|bugzilla|gnome|kde|case|rfc|page|line|comment|number|no|kernel|sf)#)(?<secret>[\p{L}\p{N}_.]{2,32}#(?!0000)\d{4})(?![\p{L}\p{N}])/giu;
const SERVICE =
  'skype|icq|msn(?: messenger)?|aim|yahoo messenger|yim|jabber|xmpp|snapchat|snap|insta(?:gram)?|telegram|twitter|facebook|fb|discord|kik|steam|twitch|psn|xbox(?: live)?|gamertag|github|tiktok|wechat|viber|linkedin|mastodon|bluesky|reddit|onlyfans|youtube|launchpad';
const SERVICES: readonly string[] =
  'skype,icq,msn,aim,yahoo,yim,jabber,xmpp,snap,insta,telegram,twitter,facebook,fb,discord,kik,steam,twitch,psn,xbox,gamertag,github,tiktok,wechat,viber,linkedin,mastodon,bluesky,reddit,onlyfans,youtube,launchpad'.split(
    ',',
  );
/** `my skype is …`, `icq: …`, `add me on discord, …`. */
const NAMED = new RegExp(
  String.raw`(?<![\p{L}\p{N}/.])(?<mine>(?:my|mi|meu|mein|mon)\s)?(?:${SERVICE})(?:\s(?:id|name|user(?:name)?|nick(?:name)?|handle|account|uin|tag|usuario|cuenta|number|contact|as))?\s?(?<sign>[:=]|\bis\b|\bes\b|\bé\b|\bist\b|\bhandle\b|\busername\b|\bid\b)\s?@?(?<secret>[\p{L}\p{N}_][\p{L}\p{N}_.-]{2,40}(?:#\d{4})?)`,
  'giu',
);
const FOLLOW = new RegExp(
  String.raw`(?<![\p{L}\p{N}])(?:follow|add|find|message|dm|hit|sígueme|sigueme|agrégame|agregame|búscame|buscame|encuéntrame)(?:\s(?:me|up|us|a mí))?\s(?:on|at|in|en|no|por|como)\s(?:${SERVICE})(?:\s(?:as|at|como|under)|[:,])?\s@?(?<secret>[\p{L}\p{N}_][\p{L}\p{N}_.-]{2,40})`,
  'giu',
);
const ON_SERVICE = new RegExp(
  String.raw`(?<![\p{L}\p{N}@/.])@(?<secret>[\p{L}\p{N}_][\p{L}\p{N}_.-]{2,40})(?=\s(?:on|en|at)\s(?:${SERVICE})(?!\p{L}))`,
  'giu',
);
/** The further names of a person are told from the sentence by their capitals, so the case of all of it counts. */
const INTRODUCTION =
  /(?<![\p{L}\p{N}])(?:[Mm]y (?:full |real |first |last )?[Nn]ame(?:'s| is)|(?:[Tt]he )?[Nn]ame's|[Ii] am called|[Ii]'m called|[Pp]eople call me|(?:[Jj]ust |[Yy]ou can |[Pp]lease )call me|[Mm]e llamo|[Mm]i nombre (?:completo )?es|[Mm]e dicen|[Mm]eu nome é|[Mm]e chamo|[Jj]e m'appelle|[Mm]ein [Nn]ame ist|[Ii]ch hei(?:ß|ss)e|[Mm]i chiamo)\s(?<secret>\p{L}[\p{L}\p{N}_'’-]{1,30}(?:\s(?:(?:de|del|la|van|von|da|dos)\s){0,2}\p{Lu}[\p{L}'’-]{1,30}){0,3})(?![\p{L}\p{N}])/gu;
const OTHER_NAME =
  /(?<=(?:name is|name's|me llamo|nombre es)\s(?:\p{L}[\p{L}\p{N}_'’-]{1,30}|\[name\]),?\s(?:and\s|y\s)?(?:not|no)\s)(?<secret>\p{L}{2,30})(?![\p{L}\p{N}])/giu;

/** The number of an account of Steam. */
const STEAM = /(?<![A-Za-z0-9])STEAM_[0-5]:[01]:\d{3,12}|\[U:1:\d{3,12}\]/giu;

/** Paths of these sites that are pages of their own. */
const PAGES: ReadonlySet<string> = new Set(
  `about account accounts ads api app apps blog business careers channel channels collections contact directory docs download downloads
  events explore features feed gist groups hashtag hc help home i intent issues jobs join legal library login logout marketplace
  messages new news notifications oauth orgs p pages people photo photos photo.php plugins policies popular posts pricing privacy
  projects proxy public pulls raw reel reels register repos robots.txt search security session settings share sharer sharer.php
  shop signin signup site sponsors status store stories support terms tos topics tos trending tv user users video videos watch
  wiki permalink.php profile.php dialog pg media directory.php invite joinchat addstickers s c home.php groups.php apps.php
  anonymous ubuntu canonical debian linux torvalds kubuntu team fedora gnome kde`.split(/\s+/),
);

function isProfile({ secret }: Found): boolean {
  return !PAGES.has(secret.toLowerCase().replace(/[.,]+$/, '')) && /[\p{L}\d]/u.test(secret);
}

function isHandle({ secret, match, after }: Found): boolean {
  if (/^(?:not|now|on|in|a|an)$/i.test(secret) || /^\s?:\/\//.test(after)) return false;
  const { mine, sign = ':' } = match.groups ?? {};
  const hasMark = /\d|[_.-](?=.)|\p{Ll}\p{Lu}/u.test(secret);
  if (hasMark && !/^\d{1,3}(?:\.\d+)*$/.test(secret)) return mine !== undefined || !/is|es/.test(sign);
  if (isPlainWord(secret) || /(?:ed|ing|ly)$/i.test(secret)) return false;
  return mine !== undefined || (/[:=]/.test(sign) && /^\s*$|^[,.;)]/.test(after));
}

function isPersonsName({ secret, match }: Found): boolean {
  const [first = ''] = secret.split(/\s/);
  return (
    !isPlainWord(first) &&
    !/(?:ed|ing|n't)$/i.test(first) &&
    !/^(?:a|an|the|crazy|stupid|paranoid|old|lazy|dumb)$/i.test(first) &&
    match[0].length > 0
  );
}

/** Names of people in the addresses of their pages, as handles of services, and where they introduce themselves. */
export const PROFILE_RULES: readonly Rule[] = [
  { kind: 'name', digits: 5, any: ['steam_', '[u:1:'], find: finder(STEAM) },
  { kind: 'name', any: ['/'], hint: /\.[a-z]{2,8}\//i, find: finder(PROFILE, isProfile) },
  {
    kind: 'name',
    any: [
      '.git',
      '.live',
      '.blog',
      '.word',
      '.tumb',
      '.devi',
      '.band',
      '.sub',
      '.medi',
      '.type',
      '.carb',
      '.podo',
      '.itch',
      '.neo',
      '.bsky',
      '.slack',
    ],
    find: finder(SUBDOMAIN, isProfile),
  },
  { kind: 'name', any: ['/~', '/%7e'], find: finder(TILDE_PAGE, isProfile) },
  { kind: 'name', any: ['@'], find: finder(FEDIVERSE) },
  {
    kind: 'name',
    digits: 4,
    any: ['#'],
    hint: /#\d{4}/,
    find: finder(DISCORD_TAG, ({ secret }) => /\p{L}/u.test(secret)),
  },
  { kind: 'name', any: SERVICES, find: finder(NAMED, isHandle) },
  {
    kind: 'name',
    any: ['follow', 'add', 'find', 'message', 'dm', 'hit', 'sígue', 'sigue', 'grega', 'busca', 'búsca', 'encu'],
    find: finder(FOLLOW, ({ secret }) => !isPlainWord(secret)),
  },
  { kind: 'name', any: ['@'], find: finder(ON_SERVICE) },
  {
    kind: 'name',
    any: ['name', 'call', 'llamo', 'nombre', 'dicen', 'nome', 'chamo', 'appelle', 'hei', 'chiamo'],
    find: finder(INTRODUCTION, isPersonsName),
  },
  { kind: 'name', any: ['name', 'llamo', 'nombre'], find: finder(OTHER_NAME, isPersonsName) },
];
