// Only the rules that need types; Biome does the rest.
import tseslint from 'typescript-eslint';

export default tseslint.config({
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
});
