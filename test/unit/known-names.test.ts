import { expect, test } from '@jest/globals';
import { checkOptions, namesOf, suggestion } from '#lib/known-names';

interface Options {
  readonly protocol: number;
  readonly portId?: number;
}

const names = namesOf<Options>({ protocol: true, portId: true });
const check = (options: unknown) => () => checkOptions('openSocket', options as object, names);

test('known options pass, undefined ones too', () => {
  expect(check({ protocol: 0, portId: undefined })).not.toThrow();
  expect(check({})).not.toThrow();
});

test.each([
  ['protcol', "openSocket: unknown option 'protcol' (did you mean 'protocol'?)"],
  ['port_id', "openSocket: unknown option 'port_id' (did you mean 'portId'?)"],
  ['portID', "openSocket: unknown option 'portID' (did you mean 'portId'?)"],
  ['colour', "openSocket: unknown option 'colour' (expected one of protocol, portId)"],
  ['constructor', "openSocket: unknown option 'constructor' (expected one of protocol, portId)"],
])('%s is refused', (name, message) => {
  expect(check({ protocol: 0, [name]: undefined })).toThrow(
    expect.objectContaining({ code: 'ERR_NETLINK_INVALID_ARGUMENT', message }),
  );
});

test('an inherited option counts', () => {
  expect(check(Object.create({ protcol: 0 }))).toThrow("unknown option 'protcol'");
});

test.each([
  [null, 'null'],
  [5, '5'],
  ['route', "'route'"],
  [undefined, 'undefined'],
])('%p is refused as options', (options, shown) => {
  expect(check(options)).toThrow(`openSocket: options must be an object, got ${shown}`);
});

test.each([
  ['mut', 'mtu'], // two neighbours swapped
  ['mt', 'mtu'],
  ['mtuu', 'mtu'],
  ['dev-name', 'devName'],
  ['deviceNam', 'deviceName'],
  ['adress', 'address'],
])('%s is close to %s', (name, close) => {
  expect(suggestion(name, ['group', close, 'link'])).toBe(` (did you mean '${close}'?)`);
});

test('the closest name is chosen', () => {
  expect(suggestion('ringget', ['ringsGet', 'ringGet', 'ringSet'])).toBe(" (did you mean 'ringGet'?)");
});

test('nothing is suggested where nothing is known', () => expect(suggestion('x', [])).toBe(''));
