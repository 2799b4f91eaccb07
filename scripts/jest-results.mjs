// What jest's report says, for the lines that npm test prints.
import { basename } from 'node:path';

/** Counts and names of a report's tests; a test file that could not run is one failure. */
export function jestResults({ numPassedTests, testResults }) {
  const named = (file, test) => `${basename(file.name, '.js')}: ${test}`;
  const tests = testResults.flatMap((file) => file.assertionResults.map((test) => ({ ...test, file })));
  const failures = [
    ...testResults
      .filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0)
      .map((file) => named(file, 'the file could not be run')),
    ...tests.filter(({ status }) => status === 'failed').map(({ file, fullName }) => named(file, fullName)),
  ];
  const skips = tests
    .filter(({ status }) => status === 'pending' || status === 'todo')
    .map(({ fullName }) => fullName);
  return { passed: numPassedTests, failures, skips };
}

/** What stands for a run without a report, or one that ended badly although its report names no failure. */
export const failedRun = (reason) => ({ passed: 0, failures: [reason], skips: [] });
