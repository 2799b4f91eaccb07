import globals from 'globals';
import tseslint from 'typescript-eslint';

// Who may import whom. A layer is a folder or a file of lib/; it imports itself and what is listed for it, nothing else.
// test/unit/layers.test.ts sees to it that every folder and file of lib/ is here, and that no imports form a circle.
const mayImport = {
  errno: [],
  'caller-stack': [],
  'shown-value': [],
  'extended-ack': [],
  errors: ['caller-stack', 'errno', 'extended-ack'],
  'known-names': ['errors', 'shown-value'],
  json: ['errors'],
  wire: ['errno', 'errors', 'extended-ack', 'shown-value'],
  native: ['errors'],
  spec: ['wire', 'errors', 'known-names', 'shown-value'],
  socket: ['wire', 'native', 'errors', 'known-names', 'shown-value'],
  generic: ['socket', 'spec', 'wire', 'errors', 'known-names', 'shown-value'],
  client: ['generic', 'socket', 'spec', 'wire', 'errors', 'known-names', 'shown-value'],
  families: ['spec'],
  endpoints: ['client', 'families', 'socket', 'wire', 'errors', 'known-names', 'shown-value'],
  network: ['client', 'families', 'socket', 'spec', 'wire', 'errors', 'known-names', 'shown-value'],
  ring: ['client', 'families', 'native', 'socket', 'wire', 'errors', 'known-names', 'shown-value'],
  testing: ['wire', 'socket', 'errors', 'known-names', 'shown-value'],
  addon: ['native'],
  index: ['types', 'client', 'generic', 'spec', 'socket', 'native', 'wire', 'errors', 'json'],
  types: ['client', 'generic', 'spec', 'socket', 'native', 'wire', 'errno', 'errors', 'extended-ack'],
  // By the modules that the package exports alone: see below.
  cli: ['index', 'types', 'endpoints', 'families', 'network', 'ring', 'spec', 'testing', 'wire'],
};

/** Further limits of single layers. */
const pure = { regex: '^node:', message: 'This layer is pure: no node modules.' };
const more = {
  wire: [pure],
  spec: [pure],
  cli: [
    {
      regex: '^(\\.\\./)+(endpoints|network|ring|spec|testing|wire)/(?!index\\.js$|runtime/index\\.js$)',
      message: 'cli uses what the package exports: import the index of this layer.',
    },
  ],
};
const restricted = (files, patterns, ignores = []) => ({
  files,
  ignores,
  rules: { 'no-restricted-imports': ['error', { patterns }] },
});
const forbidden = (table, name, start) => {
  const others = Object.keys(table).filter((other) => other !== name && !table[name].includes(other));
  return {
    regex: `^${start}(${others.join('|')})(/|\\.js$)`,
    message: `${name} must not import this layer.`,
  };
};
const inFolder = (layer) => [forbidden(mayImport, layer, '(\\.\\./)+'), ...(more[layer] ?? [])];
const layerRules = Object.keys(mayImport).flatMap((layer) => [
  restricted([`lib/${layer}/**/*.ts`], inFolder(layer), ['lib/spec/generator/**']),
  restricted([`lib/${layer}.ts`], [forbidden(mayImport, layer, '\\./')]),
]);

// The same for the folders within lib/socket, and for the files beside them that put them together.
const socketMayImport = {
  port: [],
  engine: [],
  messages: ['port'],
  filter: ['messages'],
  requests: ['engine', 'messages', 'port'],
  events: ['filter', 'messages', 'port'],
  'netlink-socket': ['engine', 'events', 'filter', 'messages', 'port', 'requests'],
  'open-socket': ['engine', 'events', 'filter', 'messages', 'netlink-socket', 'port', 'requests'],
};
const socketRules = Object.keys(socketMayImport).map((part) =>
  restricted(
    [`lib/socket/${part}/**/*.ts`],
    [...inFolder('socket'), forbidden(socketMayImport, part, '\\.\\./')],
  ),
);
const otherRules = [
  restricted(['vm/**/*.ts'], [{ regex: '^\\.\\./|^afnetlink', message: 'vm knows nothing of netlink.' }]),
  restricted(
    ['examples/**/*.ts'],
    [{ regex: '^(\\.\\./)+(lib|dist|vm)/|^#lib', message: 'An example imports afnetlink, as users do.' }],
  ),
];

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'dist-*/',
      'unbundled/',
      'build/',
      'out/',
      'node_modules/',
      'test/fixtures/',
      'test/types/',
      'lib/families/*.ts',
      'docs/site/pages/',
      'docs/site/.vitepress/cache/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  ...tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files: ['**/*.ts'] })),
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    extends: [tseslint.configs.recommended],
    languageOptions: { globals: globals.node },
    rules: { '@typescript-eslint/no-require-imports': 'off', eqeqeq: 'error' },
  },
  ...layerRules,
  ...socketRules,
  ...otherRules,
);
