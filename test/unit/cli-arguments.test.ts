// The parser that all commands share.
import { describe, expect, test } from '@jest/globals';
import { didYouMean } from '#lib/cli/command/nearest';
import { flag, option, repeatable } from '#lib/cli/command/option';
import { parse } from '#lib/cli/command/parse';
import { insteadOf, optional, required, rest } from '#lib/cli/command/positional';
import { UsageError } from '#lib/cli/command/usage-error';
import { choice, integer, list, seconds, text } from '#lib/cli/command/values';

const described = {
  options: {
    all: flag('all', { short: 'a' }),
    count: option('count', integer('N', 1, 10), { byDefault: '3' }),
    group: option('group', integer('N', 0), { whenBare: '1' }),
    mode: option('mode', choice('MODE', ['direct', 'deferred'])),
    output: option('output', text('FILE', 'file'), { short: 'o' }),
    sizes: option('sizes', list('LIST', integer('SIZE', 8))),
    spec: option('spec', text('FILE')),
    timeout: option('timeout', seconds('S', 0.001), { byDefault: '5' }),
    writable: repeatable('writable', text('FOLDER')),
  },
  positionals: {
    family: insteadOf('spec', 'a family', text('FAMILY')),
    operation: required('an operation', text('OPERATION')),
    request: optional('a request', text('REQUEST')),
    others: rest('others', text('OTHER')),
  },
};
const parsed = (...args: string[]) => parse(described, args);
const refusal = (...args: string[]): string => {
  try {
    parsed(...args);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('options', () => {
  test('have their defaults', () => {
    expect(parsed('a', 'b').options).toEqual({
      ...{ all: false, count: 3, group: undefined, mode: undefined, output: undefined },
      ...{ sizes: undefined, spec: undefined, timeout: 5000, writable: [] },
    });
  });

  test('are read in every spelling', () => {
    const args = [
      '--count=7',
      '-ao',
      'x',
      '--sizes',
      '8, 9',
      '--timeout',
      '.5',
      '--writable',
      '/a',
      '--writable=/b',
    ];
    expect(parsed(...args, '--mode', 'direct', 'a', 'b').options).toMatchObject({
      ...{
        all: true,
        count: 7,
        output: 'x',
        sizes: [8, 9],
        timeout: 500,
        writable: ['/a', '/b'],
        mode: 'direct',
      },
    });
  });

  test('without a value take none of the arguments, where the value may be left out', () => {
    expect(parsed('--group', 'a', 'b')).toMatchObject({
      options: { group: 1 },
      positionals: { family: 'a' },
    });
    expect(parsed('--group=0', 'a', 'b').options.group).toBe(0);
    expect(parsed('a', 'b', '--', '--group').positionals.request).toBe('--group');
  });

  test('the last of several is taken', () => {
    expect(parsed('--count', '1', '--count', '2', 'a', 'b').options.count).toBe(2);
  });

  test.each([
    [['--coutn', '1'], "unknown option '--coutn' (did you mean '--count'?)"],
    [['--hepl'], "unknown option '--hepl' (did you mean '--help'?)"],
    [['--constructor'], "unknown option '--constructor'"],
    [['-x'], "unknown option '-x'"],
    [['a', '--count'], '--count: the value is missing: --count N'],
    [['--count', '--all'], '--count: the value is missing: --count N'],
    [['--all=yes'], "--all: must not have a value, got 'yes'"],
    [['--count', '11'], "--count: must be an integer from 1 to 10, got '11'"],
    [['--count', '1e1'], "--count: must be an integer from 1 to 10, got '1e1'"],
    [['--count='], "--count: must be an integer from 1 to 10, got ''"],
    [['--timeout', '0'], "--timeout: must be a number of seconds from 0.001 to 86400, got '0'"],
    [['--timeout', '0x10'], "--timeout: must be a number of seconds from 0.001 to 86400, got '0x10'"],
    [['--sizes', '8,,9'], "--sizes: must be an integer of at least 8, got ''"],
    [
      ['--mode', 'direkt'],
      "--mode: unknown value 'direkt' (did you mean 'direct'?): expected one of 'direct', 'deferred'",
    ],
  ])('%j is refused', (args, message) => {
    expect(refusal(...args)).toBe(message);
  });
});

describe('arguments', () => {
  test('are known by their places', () => {
    expect(parsed('a', 'b', 'c', 'd', 'e').positionals).toEqual({
      ...{ family: 'a', operation: 'b', request: 'c', others: ['d', 'e'] },
    });
  });

  test('an option can stand in place of the first', () => {
    expect(parsed('--spec', 'x', 'b').positionals).toMatchObject({ family: undefined, operation: 'b' });
  });

  test('that are missing are named', () => {
    expect(refusal()).toBe('FAMILY is missing: a family');
    expect(refusal('a')).toBe('OPERATION is missing: an operation');
  });

  test('too many are refused', () => {
    const { family, operation, request } = described.positionals;
    const positionals = { family, operation, request };
    expect(() => parse({ ...described, positionals }, ['a', 'b', 'c', 'd'])).toThrow(
      "unexpected argument 'd'",
    );
  });
});

test.each([
  ['getlnik', " (did you mean 'getlink'?)"],
  ['getlinks', " (did you mean 'getlink'?)"],
  ['od', " (did you mean 'do'?)"],
  ['tcsh', ''],
  ['', ''],
])('of getlink, do and bash, %j suggests %j', (wrong, suggestion) => {
  expect(didYouMean(wrong, ['getlink', 'do', 'bash'])).toBe(suggestion);
});
