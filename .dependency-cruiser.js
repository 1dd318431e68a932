// Who may import whom. Checked by `npm run lint`, drawn by `npm run graph`.

/** Each folder and the folders that it may import besides itself. Data folders (agents, vault, docker) import nothing. */
const MAY_IMPORT = {
  'lib/core': [],
  'lib/files': ['lib/core'],
  'lib/vault': ['lib/core', 'lib/files'],
  'lib/irc': ['lib/core'],
  'lib/market': ['lib/core', 'lib/files'],
  'lib/delivery': ['lib/core', 'lib/files'],
  'lib/work': ['lib/core', 'lib/files'],
  'lib/products': ['lib/core', 'lib/files', 'lib/work'],
  'lib/decisions': ['lib/core'],
  'lib/conversation': ['lib/core', 'lib/irc'],
  'lib/flows': ['lib/core', 'lib/vault', 'lib/market', 'lib/delivery', 'lib/products', 'lib/work'],
  'lib/heartbeat': ['lib/core', 'lib/vault', 'lib/conversation', 'lib/decisions'],
  'lib/view': ['lib/core', 'lib/market', 'lib/vault'],
  'lib/health': ['lib/core', 'lib/view', 'lib/market', 'lib/vault', 'lib/irc', 'lib/delivery'],
  'lib/aws': ['lib/core', 'lib/files'],
  'lib/fleet': ['lib/core', 'lib/files', 'lib/aws'],
  'lib/keys': ['lib/core', 'lib/files', 'lib/aws', 'lib/fleet'],
  'lib/hub': ['lib/core', 'lib/files', 'lib/vault'],
  'lib/local': ['lib/core', 'lib/files'],
  'lib/host': [
    'lib/core',
    'lib/files',
    'lib/vault',
    'lib/irc',
    'lib/market',
    'lib/delivery',
    'lib/work',
    'lib/products',
    'lib/decisions',
    'lib/conversation',
    'lib/flows',
    'lib/heartbeat',
    'lib/view',
    'lib/health',
    'lib/aws',
    'lib/keys',
    'lib/local',
  ],
  scripts: ['lib'],
  infra: ['lib/core', 'lib/files', 'lib/fleet'],
};

const table = Object.entries(MAY_IMPORT).map(([folder, others]) => ({
  name: folder.replace('/', '-'),
  comment: `${folder} may import ${['itself', ...others].join(', ')} and nothing else of this project.`,
  severity: 'error',
  from: { path: `^${folder}/`, pathNot: '^infra/vitest.config.ts$' },
  to: { path: '^(?:lib|scripts|infra|test)/', pathNot: `^(?:${[folder, ...others].join('|')})/` },
}));

export default {
  forbidden: [
    ...table,
    {
      name: 'no-cycle-of-files',
      comment: 'Two files that need each other are one, or hide a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-cycle-of-folders',
      comment: 'Data flows one way between folders.',
      severity: 'error',
      scope: 'folder',
      from: { path: '^(?:lib|scripts|infra)/' },
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(?:^|/)node_modules/|^infra/cdktf.out' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
  },
};
