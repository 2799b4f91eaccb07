import { describe, expect, test } from '@jest/globals';
import { loadFamily } from '#lib/spec/load';
import { GENL_HDRLEN, NLMSG_HDRLEN, WireView, WireWriter } from '#lib/wire/index';
import { captures, decodeReplies, genericLength, operationOf, replyMessages } from '../helpers/captures';
import { testUnless } from '../helpers/conditional';
import { differences, inputFrom } from '../helpers/pyynl';
import { kernelSpecText, WITHOUT_SPECS } from '../helpers/specs';

const familyOf = (name: string) =>
  loadFamily(kernelSpecText(name), { file: `${name}.yaml`, fixups: 'strict' });

test('there are captures to compare with', () => {
  expect(captures.length).toBeGreaterThanOrEqual(14);
});

describe.each(captures.map((capture) => [capture.id, capture] as const))('%s', (_, capture) => {
  testUnless(WITHOUT_SPECS, 'replies decode to what the kernel’s own client made of them', () => {
    const messages = decodeReplies(familyOf(capture.family), capture);
    const { decoded } = capture;
    if (decoded === undefined || decoded === null) {
      expect(messages).toEqual([]);
      return;
    }
    const list: unknown[] = Array.isArray(decoded) ? decoded : [decoded];
    const bodies = capture.mode === 'ntf' ? list.map((entry) => (entry as { msg: unknown }).msg) : list;
    expect(bodies.length).toBeGreaterThan(0);
    expect(differences(messages, bodies)).toEqual([]);
  });

  testUnless(WITHOUT_SPECS, 'the request encodes to the bytes that were sent', () => {
    if (capture.request === undefined) {
      expect(capture.mode).toBe('ntf');
      return;
    }
    const family = familyOf(capture.family);
    const operation = operationOf(family, capture);
    const writer = new WireWriter();
    operation.body.encode(writer, inputFrom(capture.attrs) as object);
    const header = NLMSG_HDRLEN + (genericLength(family) === 0 ? 0 : GENL_HDRLEN);
    expect(Buffer.from(writer.finish()).toString('hex')).toBe(capture.request.slice(header * 2));
  });

  testUnless(WITHOUT_SPECS, 'replies survive being decoded, encoded and decoded again', () => {
    const family = familyOf(capture.family);
    for (const { body, view, start, end } of replyMessages(family, capture)) {
      const once = body.decode(view, start, end, false);
      const writer = new WireWriter();
      body.encode(writer, once);
      expect(body.decode(new WireView(writer.finish()), 0, writer.length, false)).toEqual(once);
    }
  });
});
