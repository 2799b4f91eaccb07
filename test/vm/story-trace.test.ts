// nlctl trace: seven ways of a message through the kernel, and the tracer's state. Runs in the guest.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { runCommand, packageRoot, type ProcessResult } from '../helpers/processes.js';

interface Call {
  readonly name: string;
  readonly module?: string;
  readonly thread: number;
  readonly microseconds?: number;
  readonly calls: readonly Call[];
}

interface Recording {
  readonly kernel: string;
  readonly status: number;
  readonly lost: number;
  readonly inlined: readonly { name: string }[];
  readonly calls: readonly Call[];
}

const moduleFile = process.env['AFNETLINK_MODULE'] ?? '';
const nlctl = ['dist/cli/nlctl.js', 'trace'];

const trace = (...args: string[]): Promise<ProcessResult> =>
  runCommand(process.execPath, [...nlctl, ...args]);

async function record(...command: string[]): Promise<Recording> {
  const { status, stdout, stderr } = await trace('--json', '--', ...command);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const recording = JSON.parse(stdout) as Recording;
  expect(recording).toMatchObject({ status: 0, lost: 0 });
  return recording;
}

const nameOf = ({ name, module }: Call): string =>
  `${name.split('.')[0] ?? ''}${module === undefined ? '' : ` [${module}]`}`;

/** The first call of that name anywhere below. */
function find(calls: readonly Call[], name: string): Call | undefined {
  for (const call of calls) {
    const found = nameOf(call) === name ? call : find(call.calls, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Every call of that name. */
function findAll(calls: readonly Call[], name: string): Call[] {
  return calls.flatMap((call) => [...(nameOf(call) === name ? [call] : []), ...findAll(call.calls, name)]);
}

/** Follows a chain of callees: each somewhere below the one before. */
function descend(calls: readonly Call[], ...chain: string[]): Call {
  let below = calls;
  let call: Call | undefined;
  for (const name of chain) {
    call = find(below, name);
    if (call === undefined) throw new Error(`${name} is missing of ${chain.join(' > ')}`);
    below = call.calls;
  }
  if (call === undefined) throw new Error('an empty chain');
  return call;
}

const callees = (call: Call): string[] => call.calls.map(nameOf);

/** That the names come in this order, with others between. */
function expectInOrder(actual: readonly string[], expected: readonly string[]): void {
  const rest = [...actual];
  expect({
    actual,
    inOrder: expected.filter((name) => {
      const at = rest.indexOf(name);
      if (at >= 0) rest.splice(0, at + 1);
      return at >= 0;
    }),
  }).toEqual({ actual, inOrder: expected });
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('not within a minute');
    await delay(200);
  }
}

describe('a conversation with netlink_test', () => {
  let calls: readonly Call[] = [];

  beforeAll(async () => {
    ({ calls } = await record(
      process.execPath,
      '-e',
      `const fs = require('node:fs');
       const { openSocket } = require('afnetlink');
       const { cString } = require('afnetlink/wire');
       const socket = openSocket({ protocol: 17 });
       socket.send({ payload: cString('Hello you!') });
       socket.receiveSync();
       // The same, as on a file: its descriptor is the newest socket of this process.
       const sockets = fs.readdirSync('/proc/self/fd').map(Number).filter((fd) => {
         try { return fs.readlinkSync('/proc/self/fd/' + fd).startsWith('socket:'); } catch { return false; }
       });
       const descriptor = Math.max(...sockets);
       const message = Buffer.from('1400000010000100010000000000000041424300', 'hex');
       fs.writeSync(descriptor, message);
       fs.readSync(descriptor, Buffer.alloc(100));
       socket.close();`,
    ));
  });

  test('socket() creates the endpoint', () => {
    const create = descend(calls, '__sys_socket', '__sock_create', 'netlink_create', '__netlink_create');
    expectInOrder(callees(create), ['sk_alloc', 'sock_init_data']);
  });

  test('bind() puts it into the table', () => {
    expect(nameOf(descend(calls, '__sys_bind', 'netlink_bind', 'netlink_insert'))).toBe('netlink_insert');
  });

  test('a send from user to kernel ends in the module’s input function, in the sender’s context', () => {
    const send = descend(calls, 'netlink_sendmsg');
    expectInOrder(callees(send), ['__alloc_skb', 'netlink_unicast']);
    const unicast = descend(send.calls, 'netlink_unicast');
    // The message is freed when the input function has returned.
    expectInOrder(callees(unicast), ['echo_input [netlink_test]', 'consume_skb']);
    expect(descend(unicast.calls, 'echo_input [netlink_test]').thread).toBe(send.thread);
  });

  test('a message from kernel to user goes through the queue to recvmsg', () => {
    const answer = descend(
      calls,
      ...['netlink_sendmsg', 'netlink_unicast', 'echo_input [netlink_test]'],
      ...['echo_datagram [netlink_test]', 'message_unicast [netlink_test]'],
    );
    // The module's compiler may inline what allocates, or leave it a call of its own.
    const [allocation, ...after] = answer.calls;
    expect(find(allocation === undefined ? [] : [allocation], '__alloc_skb')).toBeDefined();
    expect(after.map(nameOf)).toContain('netlink_unicast');
    const deliver = descend(answer.calls, 'netlink_unicast');
    expectInOrder(callees(deliver), ['netlink_attachskb', '__netlink_sendskb']);
    expectInOrder(callees(descend(deliver.calls, '__netlink_sendskb')), [
      'skb_queue_tail',
      'sock_def_readable',
    ]);
    const receive = descend(calls, 'netlink_recvmsg');
    expectInOrder(callees(receive), ['skb_recv_datagram', 'skb_copy_datagram_iter', 'skb_free_datagram']);
    const order = calls.map((call) => (find([call], 'netlink_recvmsg') === undefined ? '' : 'receive'));
    const sends = calls.map((call) => (find([call], 'netlink_sendmsg') === undefined ? '' : 'send'));
    expect(sends.indexOf('send')).toBeLessThan(order.indexOf('receive'));
  });

  test('write() and read() on the descriptor are a send and a receive', () => {
    const written = descend(
      calls,
      'ksys_write',
      'vfs_write',
      'sock_write_iter',
      'netlink_sendmsg',
      'netlink_unicast',
    );
    expect(callees(written)).toContain('echo_input [netlink_test]');
    const read = descend(calls, 'ksys_read', 'vfs_read', 'sock_read_iter', 'sock_recvmsg', 'netlink_recvmsg');
    expect(callees(read)).toContain('skb_recv_datagram');
  });

  test('every call has ended, and took time', () => {
    const visit = (call: Call): void => {
      expect(call).toMatchObject({ microseconds: expect.any(Number) });
      call.calls.forEach(visit);
    };
    calls.filter((call) => find([call], 'netlink_sendmsg') !== undefined).forEach(visit);
  });
});

test('insmod registers the module’s endpoint', async () => {
  expect(await runCommand('rmmod', ['netlink_test'])).toMatchObject({ status: 0 });
  const { calls } = await record('insmod', moduleFile);
  const open = descend(
    calls,
    ...['do_init_module', 'do_one_initcall', 'netlink_test_init [netlink_test]', 'register_pernet_subsys'],
    ...['ops_init', 'endpoint_open [netlink_test]', '__netlink_kernel_create'],
  );
  expectInOrder(callees(open), ['sock_create_lite', '__netlink_create', 'netlink_insert']);
});

test('a broadcast reaches three listeners: the first gets the message itself, the others clones', async () => {
  const { calls } = await record(
    process.execPath,
    '-e',
    `const { openSocket } = require('afnetlink');
     const { cString } = require('afnetlink/wire');
     const listeners = [1, 2, 3].map(() => openSocket({ protocol: 17, groups: [1], acceptFrom: 'anyone' }));
     const sender = openSocket({ protocol: 17 });
     sender.send({ payload: cString('Hello all!'), to: { group: 1 } });
     for (const listener of listeners) listener.receiveSync();
     for (const socket of [sender, ...listeners]) socket.close();`,
  );
  const broadcast = descend(calls, 'netlink_sendmsg', 'netlink_broadcast');
  expectInOrder(callees(broadcast), [
    '__netlink_sendskb',
    'skb_clone',
    '__netlink_sendskb',
    'skb_clone',
    '__netlink_sendskb',
    'consume_skb',
  ]);
  expect(findAll([broadcast], '__netlink_sendskb')).toHaveLength(3);
  for (const delivery of findAll([broadcast], '__netlink_sendskb')) {
    expectInOrder(callees(delivery), ['skb_queue_tail', 'sock_def_readable']);
  }
  expect(
    findAll(calls, 'netlink_recvmsg').filter((call) => callees(call).includes('skb_copy_datagram_iter')),
  ).toHaveLength(3);
});

describe('the tracer afterwards', () => {
  const folder = '/sys/kernel/tracing';
  const files = [
    ...['tracing_on', 'current_tracer', 'set_ftrace_filter', 'set_ftrace_pid', 'set_graph_function'],
    ...['set_ftrace_notrace', 'max_graph_depth', 'buffer_size_kb', 'trace_options'],
  ];
  const state = (): Record<string, string> =>
    Object.fromEntries(files.map((file) => [file, readFileSync(`${folder}/${file}`, 'utf8')]));
  let before: Record<string, string> = {};

  beforeAll(async () => {
    // The first use of all lets the kernel's buffers grow to their proper size.
    await trace('--', 'true');
    before = state();
  });

  test('is as it was, and the status is the command’s', async () => {
    expect(await trace('--', 'sh', '-c', 'exit 3')).toMatchObject({ status: 3, stderr: '' });
    expect(await trace('--', 'sh', '-c', 'kill -9 $$')).toMatchObject({ status: 137 });
    expect(await trace('--', '/nonexistent')).toMatchObject({ status: 127 });
    expect(state()).toEqual(before);
  });

  test.each(['SIGTERM', 'SIGKILL'] as const)('is as it was when nlctl gets %s', async (signal) => {
    const child = spawn(process.execPath, [...nlctl, '--', 'sleep', '1000'], {
      cwd: packageRoot,
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    await until(() => !readFileSync(`${folder}/set_ftrace_pid`, 'utf8').startsWith('no pid'));
    expect(state()).not.toEqual(before);
    child.kill(signal);
    expect(await ended).toEqual(signal === 'SIGKILL' ? [null, signal] : [143, null]);
    await until(() => JSON.stringify(state()) === JSON.stringify(before));
    expect(state()).toEqual(before);
  });

  test('is left alone while somebody else uses it', async () => {
    const echo = (text: string, file: string): Promise<ProcessResult> =>
      runCommand('sh', ['-c', `echo ${text} >${folder}/${file}`]);
    await echo('netlink_sendmsg', 'set_ftrace_filter');
    await echo('function', 'current_tracer');
    try {
      const { status, stderr } = await trace('--', 'true');
      expect(status).toBe(1);
      expect(stderr).toContain("the kernel's tracer is in use (function)");
      expect(readFileSync(`${folder}/current_tracer`, 'utf8')).toBe('function\n');
    } finally {
      await echo('nop', 'current_tracer');
      await echo('', 'set_ftrace_filter');
    }
    expect(state()).toEqual(before);
  });
});

test('--all shows what lies below the functions of the list', async () => {
  const { status, stdout } = await trace('--all', '--json', '--', 'ip', 'link', 'show', 'lo');
  expect(status).toBe(0);
  const { calls } = JSON.parse(stdout) as Recording;
  // Memory management is not on the list.
  expect(find(descend(calls, 'netlink_sendmsg', '__alloc_skb').calls, 'kmem_cache_alloc_node')).toBeDefined();
});

test('as text: a tree, and the names of what this kernel inlined', async () => {
  const { stdout } = await trace('--', 'ip', 'link', 'show', 'lo');
  expect(stdout).toMatch(/^ +ip \(thread \d+\)$/m);
  expect(stdout).toMatch(/^ +\d+\.\d µs {2}__sys_sendmsg\(\)$/m);
  expect(stdout).toMatch(/^ +\d+\.\d µs {6,}netlink_sendmsg\(\)$/m);
  expect(stdout).toMatch(/^Linux [\d.]+\S* has inlined, and so shows only as a part of its caller:$/m);
  expect(stdout).toMatch(/^ {2}netlink_unicast_kernel\(\) in netlink_unicast\(\)$/m);
});
