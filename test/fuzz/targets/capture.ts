// nlctl decode: files that somebody recorded, or says so.
import { toJson } from '#lib/index';
import { readCapture } from '#lib/cli/capture';
import { CaptureDecoder } from '#lib/cli/capture-decoder';
import { UsageError } from '#lib/cli/command/usage-error';
import { captures } from '../../helpers/captures';
import { generatedFamily, generatedNames } from '../../helpers/families';
import { bytesOf, type Target, textOf } from '../target';

const FILE = 'capture.json';

export const target: Target = {
  name: 'capture',
  seeds: captures.map(({ family, op, mode, request, replies }) =>
    bytesOf(JSON.stringify({ family, op, mode, request, replies: replies.map((hex) => hex.slice(0, 4000)) })),
  ),
  words: [
    ...[
      '"family":',
      '"op":',
      '"mode":',
      '"ntf"',
      '"multi"',
      '"request":',
      '"replies":',
      '[',
      ']',
      '{',
      '}',
      ',',
    ],
    ...['null', '1', '"', '__proto__', '"14000000020000000100000000000000', 'ffffffff', '00000000', '"zz"'],
  ],
  work: { least: 300_000, perByte: 1000 },
  run(input) {
    try {
      const capture = readCapture(textOf(input), FILE);
      const { family = '' } = capture;
      if (!generatedNames.includes(family)) return;
      for (const strict of [false, true]) {
        const decoder = new CaptureDecoder(generatedFamily(family), capture, strict);
        toJson({ request: decoder.request(), replies: decoder.replies() });
      }
    } catch (error) {
      // What the command prints: one line, which names the file.
      if (error instanceof UsageError) return;
      if (error instanceof Error && error.constructor === Error && error.message.startsWith(`${FILE}: `))
        return;
      throw error;
    }
  },
};
