import { describe, expect, it } from 'vitest';
import { isJudgedSetting, settingError } from '../../../lib/vault/obsidian-settings.ts';
import { seedFiles } from '../../support/vault-seed.ts';

const at = (name: string) => `.obsidian/${name}.json`;

describe('shared settings of Obsidian', () => {
  it('are fine as the seed has them', () => {
    const judged = [...seedFiles].filter(([path]) => isJudgedSetting(path));
    expect(judged.map(([path]) => path)).toContain('.gitignore');
    expect(judged.length).toBeGreaterThan(5);
    for (const [path, text] of judged) expect(settingError(path, text), path).toBeUndefined();
  });

  it.each([
    ['appearance', { cssTheme: 'Evil' }],
    ['appearance', { enabledCssSnippets: ['karmakadabra', 'evil'] }],
    ['appearance', { enabledCssSnippets: 'evil' }],
    ['appearance', { textFontFamily: 'x; background: url(https://a.example/)' }],
    ['core-plugins', { webviewer: true }],
    ['core-plugins', { sync: 'yes' }],
    ['core-plugins', ['file-explorer', 'publish']],
    ['app', { safeMode: false }],
    ['app', { uriCallbacks: true }],
    ['daily-notes', { autorun: true }],
    ['hotkeys', { 'app:delete-file': [{ modifiers: [], key: 'e' }] }],
    ['hotkeys', { 'app:delete-file': [{ modifiers: ['Shift'], key: 'E' }] }],
    ['types', 'text'],
  ])('may not turn on what runs or reaches the network: %s %j', (name, value) => {
    expect(settingError(at(name), JSON.stringify(value))).toBeDefined();
  });

  it('may not hide what they turn on from this check', () => {
    expect(settingError(at('app'), '{"__proto__": {"safeMode": false}}')).toBeDefined();
    expect(settingError(at('app'), '{"\\u005f_proto__": {"safeMode": false}}')).toBeDefined();
    expect(settingError(at('appearance'), '{"cssTheme": "", "cssTheme": "Evil"}')).toBeDefined();
    expect(settingError(at('appearance'), '{"cssTheme": "Evil"} // ')).toBeDefined();
  });

  it.each([
    ['appearance', { cssTheme: '', baseFontSize: 18, accentColor: '#7c3aed', textFontFamily: 'Inter, Arial' }],
    ['core-plugins', { templates: true, 'daily-notes': true, webviewer: false }],
    [
      'hotkeys',
      { 'editor:toggle-source': [{ modifiers: ['Mod', 'Shift'], key: 'E' }], x: [], y: [{ modifiers: [], key: 'F5' }] },
    ],
    ['templates', { folder: 'people/templates' }],
  ])('are a person’s to change otherwise: %s %j', (name, value) => {
    expect(settingError(at(name), JSON.stringify(value))).toBeUndefined();
  });
});

describe('what git ignores in the vault', () => {
  const seeded = seedFiles.get('.gitignore') ?? '';
  const earlier =
    '.obsidian/workspace*.json\n.obsidian/cache\n.obsidian/plugins/\n.obsidian/themes/\n.trash/\n.DS_Store\n';

  it.each([
    ['nothing', ''],
    ['no plugins', earlier.replace('.obsidian/plugins/\n', '')],
    ['plugins in a comment', earlier.replace('.obsidian/plugins/', '# .obsidian/plugins/')],
    ['plugins, and then not', `${seeded}\n!.obsidian/plugins/\n`],
    ['plugins, and then not all', `${seeded}!.obsidian/**/main.js`],
    ['no bin', seeded.replace('.trash/', 'trash/')],
    ['all notes', `${seeded}*.md\n`],
    ['everything', `${seeded}*\n`],
    ['the folders of all', `${seeded}/people\nshared/\n`],
    ['wishes', `${seeded}people/wishes/\n`],
    ['wishes in other letters', `${seeded}/people/Wi\u017fhes/\n`],
    ['wishes in brackets', `${seeded}people/w[i]shes/\n`],
    ['agents', `${seeded}agents\n`],
    ['a folder wherever it is', `${seeded}**/wishes/\n`],
    ['what starts with any letter', `${seeded}[a-z]*\n`],
    // Looking for the spaces at its end must not take time that grows with the square of the line.
    ['a word behind 400,000 spaces', `${seeded}${' '.repeat(400_000)}x\n`],
  ])('may not be %s', (_what, text) => {
    expect(settingError('.gitignore', text)).toBeDefined();
  });

  it.each([
    ['more', `${seeded}people/private/\n`],
    ['a folder within', `${seeded}/people/ana/drafts/\n`],
    ['what editors leave', `${seeded}*~\n*.tmp\nThumbs.db\n\n# mine\n.idea/\n`],
    ['what it was before', earlier],
    ['written on Windows', seeded.replaceAll('\n', '\r\n')],
    ['fewer settings', seeded.replace('!.obsidian/hotkeys.json\n', '')],
  ])('may be %s', (_what, text) => {
    expect(settingError('.gitignore', text)).toBeUndefined();
  });
});
