import { type Found, finder, type Rule } from './rule.ts';

const UNIX =
  /(?<![\p{L}\p{N}])(?<=\/(?:home|Users|users|export\/home|usr\/home|run\/media|var\/spool\/(?:mail|cron(?:\/crontabs)?)|var\/mail)\/)(?<secret>[\p{L}\p{N}._@-]{2,64})/gu;
const WINDOWS =
  /(?<=(?:\\Users|\\Documents and Settings|\/Documents and Settings|\/mnt\/c\/Users|\/c\/Users|Profiles|WINNT\\Profiles|\\home)[\\/]{1,2})(?<secret>[^\\/:*?"<>|\s]{2,64}(?: \p{Lu}[\p{L}]{1,30}(?=\\))?)/giu;
const TILDE = /(?<![\p{L}\p{N}~./])~(?<secret>[\p{L}][\p{L}\p{N}._-]{1,32})(?=\/)/gu;
const USER_ID = /(?<=\b(?:uid|gid|euid)=\d{3,6}\()(?<secret>[^)\s]{2,32})(?=\))/g;
const LISTING =
  /(?<=(?:^|\s)[-dlbcps](?:[r-][w-][xsStT-]){3}[.+@]?\s{1,3}(?:\d{1,5}\s{1,3})?)(?<secret>[a-z_][a-z0-9_.-]{1,31})(?=\s)/g;

/** Names in paths that are nobody's. */
const GENERIC: ReadonlySet<string> = new Set(
  `user users username youruser yourusername your_username yourname your-user your_user your_name yourlogin you me my myname myuser my_user
  myusername my-user name login account someone somebody someuser some_user foo bar baz foobar foouser xxx xxxx xyz abc whatever
  ubuntu debian fedora kubuntu xubuntu root admin administrator guest test tester testuser demo example default public all shared
  share pi ec2-user vagrant runner node app www www-data ftp git svn nobody mysql postgres live livecd user1 user2 newuser new_user
  olduser old_user lost+found usuario tu_usuario tuusuario tunombre nombre invitado desktop documents downloads music pictures
  videos templates public_html backup backups data media games tmp bin lib etc local src build dev samba http apache nginx tomcat
  jenkins docker cron crontab daemon audio video plugdev disk adm staff sys man news uucp games`.split(/\s+/),
);

function isName({ secret }: Found): boolean {
  const plain = secret.toLowerCase().replace(/[.,;:!?'")\]]+$/, '');
  return (
    plain.length >= 2 &&
    !GENERIC.has(plain) &&
    !/^(?:\$|%|<|\*|\.|-|all$|default user)/.test(plain) &&
    !/^[._-]+$/.test(plain)
  );
}

/** The names of accounts in paths and listings of a file system, unless they are nobody's. */
export const HOME_RULES: readonly Rule[] = [
  { kind: 'name', any: ['/home/', '/users/', 'media/', 'mail/', 'cron/', '/crontabs/'], find: finder(UNIX, isName) },
  { kind: 'name', any: ['users', 'settings', 'profiles', '\\\\home'], find: finder(WINDOWS, isName) },
  { kind: 'name', any: ['~'], find: finder(TILDE, isName) },
  { kind: 'name', any: ['id='], find: finder(USER_ID, isName) },
  { kind: 'name', any: ['rw', 'r-x', 'r--', '---'], find: finder(LISTING, isName) },
  {
    kind: 'name',
    any: ['rw', 'r-x', 'r--', '---'],
    find: finder(
      /(?<=(?:^|\s)[-dlbcps](?:[r-][w-][xsStT-]){3}[.+@]?\s{1,3}(?:\d{1,5}\s{1,3})?[a-z0-9_.-]{2,32}\s{1,3})(?<secret>[a-z_][a-z0-9_.-]{1,31})(?=\s)/g,
      isName,
    ),
  },
];
