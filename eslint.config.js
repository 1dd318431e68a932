// What Biome can not check: rules that need types, and that modules hold no state.
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    files: ['{lib,scripts,test}/**/*.ts', '*.config.ts'],
    ignores: ['test/infra/**'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    // State has an owner: an object that somebody creates, never a module.
    files: ['lib/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: ':matches(Program, ExportNamedDeclaration) > VariableDeclaration[kind="let"]',
          message: 'No state in modules: let an object that somebody creates hold it.',
        },
        {
          selector:
            ':matches(Program, ExportNamedDeclaration) > VariableDeclaration > VariableDeclarator > NewExpression[callee.name=/^(Map|Set|WeakMap|WeakSet|LRUCache)$/][arguments.length=0]',
          message: 'No cache in modules: let an object that somebody creates hold it.',
        },
      ],
    },
  },
);
