// Tests are compiled by tsc (npm run build:test) and jest runs plain JavaScript, on the host and in the guest alike.
const suite = (name, more = {}) => ({
  displayName: name,
  rootDir: __dirname,
  roots: [`<rootDir>/out/test/${name}`],
  testEnvironment: 'node',
  transform: {},
  injectGlobals: false,
  ...more,
});

// Unit tests take the library apart: there the package's own names stand for the same modules as #lib does, one a source
// file, so that each class exists once. All other tests use the package as it ships.
const { exports: entries } = require('./package.json');
const unbundled = Object.entries(entries)
  .filter(([, { default: output }]) => output !== undefined)
  .map(([name, { default: output }]) => [
    `^afnetlink${name.slice(1).replace('*', '(.*)')}$`,
    output.replace('./dist/', '<rootDir>/unbundled/').replace('*', '$1'),
  ]);
const unit = {
  moduleNameMapper: Object.fromEntries(unbundled),
  // Beside the tests what they depend on, so that jest finds the tests of a changed module.
  roots: ['<rootDir>/out/test/unit', '<rootDir>/out/test/helpers', '<rootDir>/unbundled'],
};

// Generous: a machine under load is slow, and a test that hangs is ended all the same.
module.exports = {
  testTimeout: 300_000,
  projects: [suite('unit', unit), suite('host'), suite('vm')],
  randomize: true,
};
