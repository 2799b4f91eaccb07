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

const guest = { setupFilesAfterEnv: ['<rootDir>/out/test/helpers/guest-timeout.js'] };

module.exports = { projects: [suite('unit'), suite('host'), suite('vm', guest)], randomize: true };
