// The root's rules, for what needs the types of infra's own packages.
import tseslint from 'typescript-eslint';
import root from '../eslint.config.js';

const [{ rules }] = root;

export default tseslint.config({
  files: ['{infra,test/infra}/**/*.ts'],
  languageOptions: {
    parser: tseslint.parser,
    parserOptions: { project: 'tsconfig.json', tsconfigRootDir: import.meta.dirname },
  },
  plugins: { '@typescript-eslint': tseslint.plugin },
  rules,
});
