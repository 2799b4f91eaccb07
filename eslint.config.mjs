import globals from 'globals';
import tseslint from 'typescript-eslint';

// Who may import whom, top to bottom: each layer names the folders of lib/ that it must not reach.
const layers = [
  'wire',
  'errors',
  'native',
  'spec',
  'socket',
  'generic',
  'client',
  'families',
  'endpoints',
  'testing',
  'cli',
  'vm',
  'index',
];
const mayImport = {
  wire: ['errors'],
  errors: ['wire'],
  native: ['errors'],
  spec: ['wire', 'errors'],
  socket: ['wire', 'native', 'errors'],
  generic: ['socket', 'spec', 'wire', 'errors'],
  client: ['generic', 'socket', 'spec', 'wire', 'errors'],
  families: ['spec'],
  endpoints: ['client', 'families', 'socket', 'wire', 'errors'],
  testing: ['wire', 'socket', 'errors'],
};
const layerRules = Object.entries(mayImport).map(([layer, allowed]) => {
  const forbidden = layers.filter((other) => other !== layer && !allowed.includes(other));
  const pure = layer === 'wire' || layer === 'spec';
  return {
    files: [`lib/${layer}/**/*.ts`, `lib/${layer}.ts`],
    ignores: ['lib/spec/generator/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: `^(\\.\\./)+(${forbidden.join('|')})(/|\\.js$)`,
              message: `${layer} must not import this layer.`,
            },
            ...(layer === 'errors'
              ? [
                  {
                    regex: '^\\./(?!wire/|errno\\.js$)',
                    message: 'errors imports only errno and the types of wire.',
                  },
                ]
              : []),
            ...(pure ? [{ regex: '^node:', message: `${layer} is pure: no node modules.` }] : []),
          ],
        },
      ],
    },
  };
});

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
);
