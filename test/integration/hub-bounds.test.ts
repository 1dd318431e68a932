import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AGENT_BOUNDS } from '../../lib/core/owner-bounds.ts';
import { git, gitWith, makeFolder } from '../support/git.ts';
import { anAccount, cloneAs, gitIdentity, startTestHub, type TestHub } from '../support/hub.ts';
import { noNgircd } from '../support/irc.ts';
import { type Change, MADE, makeCommits, many } from '../support/made-commits.ts';

const suite = noNgircd === undefined ? describe : describe.skip;
const why = noNgircd === undefined ? '' : ` (skipped: ${noNgircd})`;
const PEOPLE = 'people';

suite(`what a member may keep in the vault${why}`, () => {
  let folder = '';
  let removeFolder: () => Promise<void>;
  let hub: TestHub;
  let clone = '';
  /** The hub's head, and the one that each test begins with. */
  let [head, planted] = ['', ''];

  beforeAll(async () => {
    [folder, removeFolder] = await makeFolder();
    hub = await startTestHub(folder, [
      await anAccount('kk-a'),
      await anAccount('kk-b'),
      await anAccount('ana', 'person'),
    ]);
    clone = await cloneAs(hub, folder, 'kk-a');
    head = await git(clone, 'rev-parse', 'HEAD');
    await plant('kk-b', { 'agents/kk-b/state.md': 'alive\n' });
    await plant(PEOPLE, { 'people/Note.md': 'a note\n', 'people/old/x.md': 'x\n' });
    planted = head;
  });
  afterEach(async () => {
    head = planted;
    await git(hub.repository, 'update-ref', 'refs/heads/main', head);
  });
  afterAll(async () => {
    await hub?.hub.close();
    await removeFolder();
  });

  /** Puts a commit into the hub's repository past its rules, as a push before they existed may have. */
  async function plant(author: string, change: Change): Promise<void> {
    head = await makeCommits(clone, head, author, [change]);
    await git(hub.repository, 'fetch', '--quiet', clone, MADE);
    await git(hub.repository, 'update-ref', 'refs/heads/main', head);
  }

  /** Commits and pushes; gives what the hub says. */
  async function push(account: string, ...changes: readonly Change[]): Promise<string> {
    const made = await makeCommits(clone, head, account === 'ana' ? PEOPLE : account, changes);
    try {
      await gitWith(gitIdentity(hub, account), clone, 'push', '--quiet', 'origin', `${MADE}:main`);
      head = made;
      return 'landed';
    } catch (error) {
      expect(await git(hub.repository, 'rev-parse', 'main')).toBe(head);
      return error instanceof Error ? error.message.replaceAll(/\s*\nremote: /g, ' ') : String(error);
    }
  }

  const pathsOf = (change: Change): Change => Object.fromEntries(Object.keys(change).map((path) => [path, null]));

  it('refuses one page under 4,000 names, which git stores once, and takes an honest push afterwards', async () => {
    const page = 'x'.repeat(255 * 1024);
    expect(
      await push(
        'kk-a',
        many(4000, (index) => `agents/kk-a/notes/${index}.md`, page),
      ),
    ).toContain('bytes of pages at once');
    // The same in pushes that are each small enough.
    const part = (from: number) => many(250, (index) => `agents/kk-a/notes/${from + index}.md`, page);
    expect(await push('kk-a', part(0))).toBe('landed');
    const said = await push('kk-a', part(250));
    expect(said).toContain(`agents/kk-a may hold ${AGENT_BOUNDS.pageBytes} bytes of pages, has ${250 * 255 * 1024}`);
    expect(said).toContain('delete or shorten files');
    expect(await push('kk-a', { 'agents/kk-a/state.md': 'alive\n' })).toBe('landed');
    expect(await push('kk-b', { 'agents/kk-b/state.md': 'alive too\n' })).toBe('landed');
  });

  it('refuses one large file under 10,000 names without reading it for each', async () => {
    const log = 'x'.repeat(8 * 2 ** 20);
    const flood = many(9_999, (index) => `agents/kk-a/log/${index}.md`, log);
    expect(await push('kk-a', flood)).toContain('agents/kk-a may hold');
    expect(await push('kk-b', { 'agents/kk-b/state.md': 'alive\n\n' })).toBe('landed');
  });

  it('refuses folders within folders that no note needs, and finds that out at once', async () => {
    const deep = (index: number) => `agents/kk-a/${index}/${'a/'.repeat(180)}x.md`;
    expect(await push('kk-a', many(9_999, deep, 'x\n'))).toContain('is not a valid path');
    expect(await push('kk-a', { [`agents/kk-a/${'a/'.repeat(13)}x.md`]: 'x\n' })).toBe('landed');
  });

  it('counts what the commits of a push do together, and refuses a page that nobody reads', async () => {
    const much = many(60, (index) => `agents/kk-a/log/${index}.md`, 'x'.repeat(2 ** 20));
    const more = many(60, (index) => `agents/kk-a/log/more-${index}.md`, 'x'.repeat(2 ** 20));
    expect(await push('kk-a', much, pathsOf(much), more, pathsOf(more), much)).toBe('landed');
    expect(
      await push(
        'kk-a',
        more,
        many(9, (index) => `agents/kk-a/log/x${index}.md`, 'x'.repeat(2 ** 20)),
      ),
    ).toContain('bytes of files');
    expect(await push('kk-a', { 'agents/kk-a/x.md': 'x'.repeat(257 * 1024) })).toContain('is over 256 KiB');
  });

  it('counts free-form YAML of pages, and not what programs write', async () => {
    const front = (lines: number) => `---\n${'a: {b: c}\n'.repeat(lines)}---\n`;
    const plain = `---\n${Array.from({ length: 900 }, (_, index) => `a${index}: "b"\n`).join('')}---\n`;
    expect(
      await push(
        'kk-a',
        many(50, (index) => `agents/kk-a/${index}.md`, plain),
      ),
    ).toBe('landed');
    expect(await push('kk-a', { 'agents/kk-a/y1.md': front(1600), 'agents/kk-a/y2.md': front(1600) })).toBe('landed');
    expect(await push('kk-a', { 'agents/kk-a/y3.md': front(900) })).toContain(
      `may hold ${AGENT_BOUNDS.yamlBytes} bytes of front matter in free-form YAML, has 31998 and would have 40997`,
    );
    expect(await push('kk-a', { 'agents/kk-a/y1.md': null, 'agents/kk-a/y3.md': front(900) })).toBe('landed');
  });

  it.each([
    ['another’s folder in capitals', 'agents/KK-b/state.md', 'is not a valid path'],
    ['the folder of all agents in capitals', 'AGENTS/kk-b/state.md', 'is not a valid path'],
    ['another’s folder with a Kelvin sign', 'agents/\u212ak-b/state.md', 'is not a valid path'],
    ['another’s folder in letters that look alike', 'agents/kk-\u0431/state.md', 'only agents have folders'],
    ['a page of kk-coordinator in capitals', 'shared/Ledger.md', 'is not a valid path'],
    ['a note in other letters', 'people/NOTE.md', 'are one on macOS and Windows'],
    ['a folder in other letters', 'people/Old/y.md', 'are one on macOS and Windows'],
    ['a decomposed name', 'people/cafe\u0301.md', 'composed form (NFC)'],
    ['a plugin', '.obsidian/plugins/evil/main.js', 'what Obsidian runs'],
    ['a plugin in capitals', '.OBSIDIAN/plugins/evil/main.js', 'is not a valid path'],
    ['the list of plugins', '.obsidian/community-plugins.json', 'what Obsidian runs'],
    ['a theme', '.obsidian/themes/Evil/theme.css', 'what Obsidian runs'],
    ['a snippet', '.obsidian/snippets/evil.css', 'what Obsidian runs'],
    ['the seed’s snippet', '.obsidian/snippets/karmakadabra.css', 'comes with the vault'],
    ['an emptied .gitignore', '.gitignore', 'must go on ignoring'],
    ['a page for the browser', 'people/look.html', 'of a kind that the vault doesn'],
    ['a picture with scripts', 'people/look.SVG', 'of a kind that the vault doesn'],
    ['git’s own settings', 'people/.gitattributes', 'is not a valid path'],
  ])('refuses people %s', async (_what, path, reason) => {
    expect(await push('ana', { [path]: '' })).toContain(reason);
  });

  it('refuses two new names that are one, and takes a name in other letters when the old one goes', async () => {
    expect(await push('ana', { 'people/new/Ab.md': 'x\n', 'people/new/aB.md': 'y\n' })).toContain('are one on macOS');
    expect(await push('ana', { 'people/old/z.md': 'x\n', 'people/Old/y.md': 'y\n' })).toContain('are one on macOS');
    expect(await push('ana', { 'people/Old/y.md': 'x\n', 'people/old/z.md': 'y\n' })).toContain('are one on macOS');
    expect(await push('kk-a', { 'agents/kk-a/Ab.md': 'x\n' }, { 'agents/kk-a/aB.md': 'y\n' })).toContain('are one on');
    expect(await push('ana', { 'people/Note.md': null, 'people/note.md': 'a note\n' })).toBe('landed');
    expect(await push('ana', { 'people/note.md': null }, { 'people/NOTE.md': 'a note\n' })).toBe('landed');
  });

  it('refuses thousands of names that are one', async () => {
    const letters = [...'abcdefghijklmn'];
    const spelled = (index: number) =>
      letters.map((one, bit) => ((index >> bit) & 1 ? one.toUpperCase() : one)).join('');
    const names = many(9_500, (index) => `agents/kk-a/offers/${spelled(index)}.md`, 'x\n');
    expect(await push('kk-a', names)).toContain('are one on macOS');
  });

  it('refuses settings that turn on what runs, and takes others', async () => {
    const appearance = (value: unknown) => ({ '.obsidian/appearance.json': JSON.stringify(value) });
    expect(await push('ana', appearance({ cssTheme: 'Evil' }))).toContain('turns a theme on');
    expect(await push('ana', { '.obsidian/core-plugins.json': '{"webviewer":true}' })).toContain('reaches the network');
    expect(await push('ana', appearance({ cssTheme: '', baseFontSize: 18 }))).toBe('landed');
  });

  it('lets agents write notes only', async () => {
    expect(await push('kk-a', { 'agents/kk-a/run.js': 'x\n' })).toContain('agents write only .md files');
    expect(await push('kk-a', { 'agents/kk-a/pic.png': 'x\n' })).toContain('agents write only .md files');
  });

  it('lets agents write nothing that runs, embeds or loads, in pages and in what is added to logs', async () => {
    const state = (reason: string) => ({ 'agents/kk-a/state.md': `---\nreason: ${JSON.stringify(reason)}\n---\n` });
    for (const reason of ['![x](http://evil.example/a.png)', '`= dv.pages()`', '<img src=x>', '<% tp.x %>']) {
      expect(await push('kk-a', state(reason))).toContain('notes of agents hold text only');
    }
    const twice = await push(
      'kk-a',
      many(2, (index) => `agents/kk-a/offers/${index}.md`, '![[x]]\n'),
    );
    for (const index of [0, 1]) expect(twice).toContain(`offers/${index}.md contains an embed`);
    expect(await push('kk-a', state('sold 2 souls'))).toBe('landed');
    const log = (...lines: readonly string[]) => ({
      'agents/kk-a/log/2026-01/2026-01-01-kk-a.md': `# Log\n${lines.map((line) => `- ${line}\n`).join('')}`,
    });
    expect(await push('kk-a', log('x'.repeat(2 ** 20)))).toContain('a log only grows');
    const half = 'x'.repeat(600 * 1024);
    expect(await push('kk-a', log(half))).toBe('landed');
    expect(await push('kk-a', log(half, half))).toBe('landed');
    expect(await push('kk-a', log(half, half, '![[another]]'))).toContain('notes of agents hold text only');
    expect(await push('kk-a', log(half, half, 'plain'))).toBe('landed');
    // What is much is looked through part by part, to its end.
    const much = Array.from({ length: 4000 }, (_, index) => `${index} ${'word '.repeat(40)}`);
    expect(await push('kk-a', log(half, half, 'plain', ...much, '![[another]]'))).toContain(
      'notes of agents hold text only',
    );
    expect(await push('kk-a', log(half, half, 'plain', ...much, 'x'.repeat(2 ** 20)))).toContain(
      'has a line of over 1 MiB',
    );
    expect(await push('kk-a', log(half, half, 'plain', ...much))).toBe('landed');
    // What is added is no front matter, in which braces and quotes would be JSON and brackets a list.
    const added = (text: string) => log(half, half, 'plain', ...much, `plain\n\n---\n${text}\n---`);
    expect(await push('kk-a', added('x: {"a":"![[another]]","a":"b"}'))).toContain('notes of agents hold text only');
    expect(await push('kk-a', added('x: "[another] #tag"'))).toContain('notes of agents hold text only');
    // People's pages may embed what is in the vault, and show lists.
    expect(await push('ana', { 'people/lists.md': '![[dashboards/agents.base]]\n' })).toBe('landed');
  });

  it('lets people clear away what is too much or could not be written today, and nothing else of others', async () => {
    const logs = many(200, (index) => `agents/kk-b/log/${index}.md`, 'x'.repeat(2 ** 20));
    const odd = ['AGENTS/kk-b/x.md', '.obsidian/plugins/evil/main.js', 'agents/kk-b/run.js', 'people/con.md'];
    await plant(PEOPLE, { ...logs, ...Object.fromEntries(odd.map((path) => [path, 'x\n'])) });
    expect(await push('kk-a', { 'agents/kk-a/state.md': 'not hindered\n' })).toBe('landed');
    expect(await push('kk-b', { 'agents/kk-b/log/x.md': 'more\n' })).toContain('agents/kk-b may hold');
    expect(await push('kk-b', { 'agents/kk-b/log/0.md': 'x\n' })).toBe('landed');
    expect(await push('ana', { 'agents/kk-b/log/1.md': 'x\n' })).toContain('belongs to kk-b');
    expect(await push('kk-a', { 'agents/kk-b/log/1.md': null })).toContain('belongs to kk-b');
    expect(await push('ana', { ...pathsOf(logs), ...Object.fromEntries(odd.map((path) => [path, null])) })).toBe(
      'landed',
    );
    expect(await push('ana', { 'agents/kk-b/state.md': null })).toContain('belongs to kk-b');
    expect(await push('ana', { '.gitignore': null })).toContain('must stay');
    expect(await push('kk-b', { 'agents/kk-b/log/x.md': 'honest again\n' })).toBe('landed');
  });
});
