// nlctl trace without a kernel: what it reads of recorded tracing files, and what it prints.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseFunctionGraph, type KernelCall } from '#lib/cli/trace/function-graph';
import { functionGroups, plainName, probeFunctions } from '#lib/cli/trace/functions';
import { restorable } from '#lib/cli/trace/tracefs';
import { leadsToNetlink, printInlined, printTree } from '#lib/cli/trace/tree';
import { packageRoot } from '../helpers/processes.js';

const recorded = (kernel: string): string =>
  readFileSync(join(packageRoot, 'test/fixtures/trace', `${kernel}.txt`), 'utf8');

/** Names alone, as nested arrays: [name, callee…]. */
type Names = readonly [string, ...Names[]];
const names = ({ name, calls }: KernelCall): Names => [name, ...calls.map(names)];

/** One event of the tracer: time, processor, task, duration and call. */
const event = (at: string, cpu: number, task: string, duration: string, call: string): string =>
  `   ${at} |   ${cpu})  ${task.padStart(9)}     | ${duration.padEnd(14)}|  ${call}`;

describe.each(['6.1', '7.3'])('a recording of Linux %s', (kernel) => {
  const { calls, lost } = parseFunctionGraph(recorded(kernel));
  const ip = calls.filter(({ task }) => task === 'ip');

  test('gives the calls of each task as trees, in order', () => {
    expect(lost).toBe(0);
    expect([...new Set(calls.map(({ task }) => task))]).toEqual(['cat', 'tr', 'sh', 'ip']);
    expect(ip.slice(0, 3).map(names)).toEqual([
      ['__sys_socket', ['__sock_create', ['netlink_create', ['__netlink_create']]]],
      ['__sys_bind', ['netlink_bind', ['netlink_insert']]],
      [
        '__sys_sendto',
        [
          'netlink_sendmsg',
          ['__alloc_skb'],
          [
            'netlink_unicast',
            [
              'netlink_rcv_skb',
              ['rtnetlink_rcv_msg'],
              ['__alloc_skb'],
              [
                'netlink_unicast',
                ['netlink_attachskb'],
                ['__netlink_sendskb', ['skb_queue_tail'], ['sock_def_readable']],
              ],
            ],
            ['consume_skb'],
          ],
        ],
      ],
    ]);
  });

  test('tells netlink’s calls from others', () => {
    expect(calls.filter(leadsToNetlink).map(({ task }) => task)).toEqual(ip.map(() => 'ip'));
  });
});

test('durations, processors, threads and times are the recorded ones', () => {
  const socket = parseFunctionGraph(recorded('6.1')).calls.find(({ name }) => name === '__sys_socket');
  expect(socket).toMatchObject({
    task: 'ip',
    thread: 151,
    processor: 0,
    at: 24.858799,
    microseconds: 537.854,
  });
  expect(socket?.calls[0]?.calls[0]?.calls[0]).toEqual({
    ...{ name: '__netlink_create', task: 'ip', thread: 151, processor: 0, at: 24.859178 },
    ...{ microseconds: 67.987, calls: [] },
  });
});

test('the longest durations have other marks and fewer digits', () => {
  const { calls } = parseFunctionGraph(
    [
      event('1.000000', 0, 'node-7', '* 63112.16 us ', 'vfs_read();'),
      event('2.000000', 0, 'node-7', '@ 163112.1 us ', 'vfs_read();'),
      event('3.000000', 0, 'node-7', '$ 2063112 us ', 'vfs_read();'),
    ].join('\n'),
  );
  expect(calls.map(({ microseconds }) => microseconds)).toEqual([63112.16, 163112.1, 2063112]);
});

test('tasks that run at once, and one that changes its processor, keep their own trees', () => {
  const { calls } = parseFunctionGraph(
    [
      event('1.000001', 0, 'node-7', '', '__sys_sendto() {'),
      event('1.000002', 1, 'a b-c-8', '', '__sys_recvmsg() {'),
      event('1.000003', 1, 'a b-c-8', '  1.000 us', '  netlink_recvmsg();'),
      event('1.000004', 1, 'node-7', '', '  netlink_sendmsg() {'),
      event('1.000005', 0, 'a b-c-8', '  3.000 us', '} /* __sys_recvmsg */'),
      event('1.000006', 1, 'node-7', '  2.000 us', '  } /* netlink_sendmsg */'),
      event('1.000007', 1, 'node-7', '  6.000 us', '} /* __sys_sendto */'),
    ].join('\n'),
  );
  expect(calls.map(names)).toEqual([
    ['__sys_sendto', ['netlink_sendmsg']],
    ['__sys_recvmsg', ['netlink_recvmsg']],
  ]);
  expect(calls.map(({ task, thread, microseconds }) => [task, thread, microseconds])).toEqual([
    ['node', 7, 6],
    ['a b-c', 8, 3],
  ]);
});

test('functions of modules, with arguments and return values, are read as well', () => {
  const { calls } = parseFunctionGraph(
    [
      event('1.000001', 0, 'node-7', '', 'netlink_unicast(ssk=0xffff8d9a, skb=0xffff8d9b) {'),
      event('1.000002', 0, 'node-7', '', '  echo_input [netlink_test]() {'),
      event('1.000003', 0, 'node-7', '  1.000 us', '    netlink_trim(); /* = 0xffff8d9b */'),
      event('1.000004', 0, 'node-7', '  3.000 us', '  } /* echo_input [netlink_test] ret=0x0 */'),
      event('1.000005', 0, 'node-7', '  5.000 us', '} /* netlink_unicast = 0x1b */'),
    ].join('\n'),
  );
  expect(calls).toMatchObject([
    {
      name: 'netlink_unicast',
      microseconds: 5,
      calls: [
        { name: 'echo_input', module: 'netlink_test', microseconds: 3, calls: [{ name: 'netlink_trim' }] },
      ],
    },
  ]);
  expect(calls[0]).not.toHaveProperty('module');
});

test('what was lost is counted, and spoils no other tree', () => {
  const { calls, lost } = parseFunctionGraph(
    [
      event('1.000001', 0, 'node-7', '  5.000 us', '} /* netlink_unicast */'),
      event('1.000002', 0, 'node-7', '', '__sys_sendto() {'),
      event('1.000003', 0, 'node-7', '', '  netlink_sendmsg() {'),
      'CPU:0 [LOST 123 EVENTS]',
      event('1.000004', 0, 'node-7', '', '__sys_recvmsg() {'),
      event('1.000005', 0, 'node-7', '  1.000 us', '  netlink_recvmsg();'),
      event('1.000006', 0, 'node-7', '  3.000 us', '} /* __sys_recvmsg */'),
    ].join('\n'),
  );
  expect(lost).toBe(123);
  expect(calls.map(names)).toEqual([
    ['__sys_sendto', ['netlink_sendmsg']],
    ['__sys_recvmsg', ['netlink_recvmsg']],
  ]);
  expect(calls[0]).not.toHaveProperty('microseconds');
  expect(calls[1]).toMatchObject({ microseconds: 3 });
});

test('the tree is indented, with a line for each change of task', () => {
  const base = { task: 'node', thread: 7, processor: 0, at: 1 };
  const leaf = { ...base, name: 'netlink_sendmsg', microseconds: 1234.56, calls: [] };
  const lines = printTree([
    {
      ...base,
      name: '__sys_sendto',
      calls: [{ ...leaf, calls: [{ ...leaf, name: 'echo_input', module: 'netlink_test' }] }],
    },
    { ...leaf, name: 'netlink_recvmsg' },
    { ...leaf, name: 'netlink_recvmsg', thread: 8 },
  ]);
  expect(lines).toEqual([
    '              node (thread 7)',
    '           ?  __sys_sendto()',
    '   1234.6 µs    netlink_sendmsg()',
    '   1234.6 µs      echo_input() [netlink_test]',
    '   1234.6 µs  netlink_recvmsg()',
    '',
    '              node (thread 8)',
    '   1234.6 µs  netlink_recvmsg()',
  ]);
});

describe('the list of functions', () => {
  test('holds each name once, and for each that can be inlined a caller that it holds too', () => {
    const all = functionGroups.flatMap(({ functions }) => functions);
    const unique = new Set(all.map(({ name }) => name));
    expect(unique.size).toBe(all.length);
    for (const { caller } of all) if (caller !== undefined) expect(unique).toContain(caller);
  });

  test('is looked up in what the kernel offers, changed copies included', () => {
    const available =
      'schedule\nnetlink_autobind.isra.0\nnetlink_unicast\nskb_queue_purge\nnetlink_unicast_x [mod]\n';
    const { traceable, inlined } = probeFunctions(available, '6.1.0-56-amd64');
    expect(traceable).toEqual([
      { name: 'netlink_autobind.isra.0', number: 2 },
      { name: 'netlink_unicast', number: 3 },
      { name: 'skb_queue_purge', number: 4 },
    ]);
    const missing = inlined.map(({ name }) => name);
    expect(missing).toContain('netlink_unicast_kernel');
    expect(missing).not.toContain('netlink_autobind');
    // Older and newer kernels have these.
    expect(missing).not.toContain('netlink_broadcast_filtered');
    expect(missing).not.toContain('skb_queue_purge_reason');
    expect(probeFunctions(available, '6.12.117').inlined.map(({ name }) => name)).toContain(
      'netlink_broadcast_filtered',
    );
    expect(probeFunctions(available, '6.12.117').traceable.map(({ name }) => name)).not.toContain(
      'skb_queue_purge',
    );
  });

  test('names what is inlined with its caller, where that was seen', () => {
    const calls = parseFunctionGraph(
      event('1.000001', 0, 'node-7', '  5.000 us', 'netlink_unicast();'),
    ).calls;
    const inlined = [
      { name: 'netlink_unicast_kernel', caller: 'netlink_unicast' },
      { name: 'do_one_broadcast', caller: 'netlink_broadcast' },
    ];
    expect(printInlined(inlined, calls, '6.1')).toEqual([
      'Linux 6.1 has inlined, and so shows only as a part of its caller:',
      '  netlink_unicast_kernel() in netlink_unicast()',
    ]);
    expect(printInlined(inlined, [], '6.1')).toEqual([]);
  });

  test('plainName takes off what compilers add', () => {
    expect(['a', 'a.isra.0', 'a.constprop.0.isra.1'].map(plainName)).toEqual(['a', 'a', 'a']);
  });
});

test.each([
  ['#### all functions enabled ####\n', ''],
  ['no pid\n', ''],
  ['nop\n', 'nop'],
  ['0\n', '0'],
  ['7 (expanded: 1408)\n', '1408'],
  [
    'netlink_sendmsg\necho_input [netlink_test]\n*:mod:nosuch\nschedule:traceoff:unlimited\n',
    'netlink_sendmsg\necho_input\n*:mod:nosuch',
  ],
])('the tracing file %j is put back by writing %j', (content, expected) => {
  expect(restorable(content)).toBe(expected);
});
