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

// Generous: a machine under load is slow, and a test that hangs is ended all the same.
module.exports = {
  testTimeout: 60_000,
  projects: [suite('unit'), suite('host'), suite('vm', guest)],
  randomize: true,
};
