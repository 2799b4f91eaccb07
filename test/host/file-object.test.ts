import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { packageRoot } from '../helpers/processes.js';
import { open } from '../helpers/sockets.js';

/** The kernel's entries (Linux 6.1 to 7.3), but those that say only whose they are. */
const FILE_OPERATIONS = [
  'llseek read_iter write_iter poll unlocked_ioctl mmap release fsync fasync lock flock splice_read splice_write setlease',
  'fallocate iterate_shared show_fdinfo copy_file_range remap_file_range fadvise',
].flatMap((names) => names.split(' '));
const PROTO_OPS =
  'release bind connect socketpair accept getname poll unlocked_ioctl listen shutdown setsockopt getsockopt sendmsg recvmsg mmap'.split(
    ' ',
  );

interface Row {
  readonly entry: string;
  readonly operation: string;
  readonly result: string;
}

/** The table of docs/sockets.md; a row without an entry belongs to the one above. */
function documentedRows(): Row[] {
  const lines = readFileSync(join(packageRoot, 'docs/sockets.md'), 'utf8').split('\n');
  const start = lines.findIndex((line) => /^\| entry +\| operation /.test(line)) + 2;
  const end = lines.indexOf('', start);
  let entry = '';
  return lines.slice(start, end).map((line) => {
    const [, first = '', operation = '', result = ''] = line.split('|').map((cell) => cell.trim());
    if (first !== '') entry = first.replaceAll('`', '');
    return { entry, operation: operation.replaceAll('`', ''), result };
  });
}

/** What the kernel says to each operation on one of our sockets. */
function tryOperations(): Record<string, string> {
  const socket = open();
  const program = join(packageRoot, 'test/fixtures/file_object.py');
  // runCommand hands no descriptors on.
  const { stdout, stderr, status } = spawnSync('python3', [program], {
    stdio: ['ignore', 'pipe', 'pipe', socket.fd],
    encoding: 'utf8',
    timeout: 240_000,
  });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return JSON.parse(stdout) as Record<string, string>;
}

const rows = documentedRows();

describe('the table of docs/sockets.md', () => {
  test('has every entry of the file and of the socket', () => {
    const entries = new Set(rows.map(({ entry }) => entry));
    expect([...entries].sort()).toEqual([...new Set([...FILE_OPERATIONS, ...PROTO_OPS])].sort());
  });

  test('says what the kernel does', () => {
    const documented = Object.fromEntries(rows.map(({ operation, result }) => [operation, result]));
    expect(tryOperations()).toEqual(documented);
  });
});

test('our calls for the same', async () => {
  const socket = open();
  const peer = open({ groups: [4] });
  const to = { portId: peer.portId };
  const one = { payload: Buffer.from('one') };
  socket.send({ ...one, to });
  socket.send({ ...one, to: { group: 4 } });
  socket.sendMany([one, one], to);
  socket.connect(to);
  socket.send(one);
  socket.sendDatagram(new Uint8Array(Uint32Array.of(16, 0, 0, 0).buffer));
  expect(socket.peer).toEqual({ portId: peer.portId, group: 0 });
  const payloads = [];
  for (let count = 0; count < 6; count++) {
    payloads.push(Buffer.from((await peer.receive()).payload).toString());
  }
  expect(payloads).toEqual(['one', 'one', 'one', 'one', 'one', '']);
});
