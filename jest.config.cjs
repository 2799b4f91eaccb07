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

// The host suite's tests of waiting, with sockets watched as in Bun and Deno.
const threadSuites =
  'usersock|datagrams|overruns|endings|offload|read-ahead|transactions|event-streams|blocking';
const thread = {
  roots: ['<rootDir>/out/test/host'],
  testRegex: `/(${threadSuites})\\.test\\.js$`,
  setupFiles: ['<rootDir>/out/test/helpers/thread-loop.js'],
};

// Generous: a machine under load is slow, and a test that hangs is ended all the same.
module.exports = {
  testTimeout: 60_000,
  projects: [suite('unit'), suite('host'), suite('vm', guest), suite('thread', thread)],
  randomize: true,
};
