// Exchanges recorded at the socket of the kernel's own Python client: bytes and what it made of them.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadFamily } from '#lib/spec/load';
import type { Family } from '#lib/spec/runtime/family';
import { GENL_HDRLEN, NLMSG_HDRLEN, WireView, WireWriter } from '#lib/wire/index';
import {
  captures,
  capturesFolder,
  type Capture,
  decodeReplies,
  decodeRequest,
  genericLength,
  operationOf,
  replyMessages,
} from '../helpers/captures';
import { testUnless } from '../helpers/conditional';
import { generatedFamily } from '../helpers/families';
import { differences, inputFrom } from '../helpers/pyynl';
import { packageRoot, runCommand } from '../helpers/processes';
import { kernelSpecs, kernelSpecText, WITHOUT_SPECS } from '../helpers/specs';

const sources: readonly {
  readonly by: string;
  readonly missing: string | undefined;
  readonly family: (name: string) => Family;
}[] = [
  { by: 'generated code', missing: undefined, family: generatedFamily },
  {
    by: 'the loader',
    missing: WITHOUT_SPECS,
    family: (name) => loadFamily(kernelSpecText(name), { file: `${name}.yaml`, fixups: 'strict' }),
  },
];

/** What the Python client decoded, as a list of messages; undefined where it gave an error in place of it. */
function expected({ decoded, mode }: Capture): unknown[] | undefined {
  if (decoded === undefined || decoded === null) return undefined;
  const list: unknown[] = Array.isArray(decoded) ? decoded : [decoded];
  return mode === 'ntf' ? list.map((entry) => (entry as { msg: unknown }).msg) : list;
}

test('there are captures to compare with, and a difference is seen', () => {
  expect(captures.length).toBeGreaterThanOrEqual(14);
  expect(
    differences([{ mtu: 1, flags: ['up'] }], [{ mtu: 2, flags: { $set: [] }, 'tx-len': 3 }]),
  ).toHaveLength(3);
  expect(differences([{ mtu: 1 }], [{}])).toEqual(['[0].mtu: only here']);
});

testUnless(WITHOUT_SPECS, 'the captures beside the kernel’s specs are all here, as they are there', () => {
  const there = join(dirname(kernelSpecs ?? ''), 'captures');
  for (const file of readdirSync(there).filter((name) => name.endsWith('.json'))) {
    expect(readFileSync(join(capturesFolder, file), 'utf8')).toBe(readFileSync(join(there, file), 'utf8'));
  }
});

describe.each(captures.map((capture) => [capture.id, capture] as const))('%s', (id, capture) => {
  testUnless(WITHOUT_SPECS, 'the loader and the generated code give equal values, strict or not', () => {
    const [generated, loaded] = sources.map(({ family }) => family(capture.family)) as [Family, Family];
    for (const strict of [false, true]) {
      expect(decodeReplies(loaded, capture, strict)).toEqual(decodeReplies(generated, capture, strict));
    }
    expect(decodeRequest(loaded, capture)).toEqual(decodeRequest(generated, capture));
  });

  test('nlctl decode shows what is in it', async () => {
    const file = join(capturesFolder, `${id}.json`);
    const nlctl = [join(packageRoot, 'dist/cli/nlctl.js'), 'decode', '--strict', file];
    const { status, stdout, stderr } = await runCommand(process.execPath, nlctl);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { request, replies } = JSON.parse(stdout) as { request: unknown; replies: readonly object[] };
    expect(request === null).toBe(capture.request === undefined);
    const messages = replies.filter((reply) => !('error' in reply) && !('extack' in reply));
    expect(messages).toHaveLength(decodeReplies(generatedFamily(capture.family), capture).length);
  });
});

describe.each(sources)('$by', ({ missing, family: familyOf }) => {
  describe.each(captures.map((capture) => [capture.id, capture] as const))('%s', (_, capture) => {
    testUnless(missing, 'replies decode to what the kernel’s own client made of them', () => {
      const messages = decodeReplies(familyOf(capture.family), capture);
      const values = expected(capture);
      if (values === undefined) expect(messages).toEqual([]);
      else expect(differences(messages, values)).toEqual([]);
    });

    testUnless(missing, 'the request encodes to the bytes that were sent', () => {
      const family = familyOf(capture.family);
      if (capture.request === undefined) {
        expect(capture.mode).toBe('ntf');
        return;
      }
      const writer = new WireWriter();
      operationOf(family, capture).body.encode(writer, inputFrom(capture.attrs) as object);
      const header = NLMSG_HDRLEN + (genericLength(family) === 0 ? 0 : GENL_HDRLEN);
      expect(Buffer.from(writer.finish()).toString('hex')).toBe(capture.request.slice(header * 2));
    });

    testUnless(missing, 'the request decodes to what was asked', () => {
      const family = familyOf(capture.family);
      const values = decodeRequest(family, capture);
      if (values === undefined) return;
      const writer = new WireWriter();
      operationOf(family, capture).body.encode(writer, values);
      const bytes = Buffer.from(writer.finish()).toString('hex');
      expect(capture.request?.endsWith(bytes)).toBe(true);
    });

    testUnless(missing, 'replies survive being decoded, encoded and decoded again', () => {
      for (const { body, view, start, end } of replyMessages(familyOf(capture.family), capture)) {
        const once = body.decode(view, start, end, false);
        const writer = new WireWriter();
        body.encode(writer, once);
        expect(body.decode(new WireView(writer.finish()), 0, writer.length, false)).toEqual(once);
      }
    });
  });
});
