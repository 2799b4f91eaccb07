import { expect, test } from '@jest/globals';
import { NetlinkError } from 'afnetlink';
import { errnoName, invalidArgument, systemError } from '#lib/errors';

test('a kernel error carries the name of its errno and the call that failed', () => {
  const error = systemError('bind', 98, 'another socket has this port id');
  expect(error).toBeInstanceOf(NetlinkError);
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: 'NetlinkError', code: 'EADDRINUSE', errno: 98, syscall: 'bind' });
  expect(error.message).toBe('bind failed: EADDRINUSE: another socket has this port id');
});

test('an errno that this system does not name keeps its number', () => {
  expect(errnoName(600)).toBe('E600');
  expect(errnoName(19)).toBe('ENODEV');
});

test('an error of the library has no errno', () => {
  const error = invalidArgument('protocol must be a whole number from 0 to 31, not -1');
  expect(error).toMatchObject({ code: 'ERR_NETLINK_INVALID_ARGUMENT', errno: undefined, syscall: undefined });
});
