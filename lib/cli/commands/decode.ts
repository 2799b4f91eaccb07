import { readFileSync } from 'node:fs';
import { toJson } from '../../index.js';
import { readCapture } from '../capture.js';
import { CaptureDecoder } from '../capture-decoder.js';
import { defineCommand } from '../command/command.js';
import { flag, option } from '../command/option.js';
import { required } from '../command/positional.js';
import { text } from '../command/values.js';
import { findFamily } from '../family-source.js';

export const command = defineCommand({
  name: 'nlctl decode',
  summary: 'decode a recorded exchange',
  description: `Decodes a recorded exchange and prints {"request": …, "replies": […]} as JSON. The file is a JSON object:

  family     the name of the specification
  op         the operation
  mode       "ntf" for notifications, "multi" for several messages in the request
  request    the datagram that was sent, in hexadecimal; absent for notifications
  replies    the datagrams that were received, in hexadecimal

The replies leave out acknowledgements and ends of dumps that carry nothing else; errors are {"error": …}.`,
  positionals: { file: required('a recorded exchange', text('CAPTURE.json', 'file')) },
  options: {
    spec: option('decode by this specification (YAML)', text('FILE', 'file')),
    strict: flag('fail on what the specification does not know, instead of showing it in "extra"'),
    pretty: flag('indent the output'),
  },
  async run({ spec, strict, pretty }, { file }) {
    const capture = readCapture(readFileSync(file, 'utf8'), file);
    const decoder = new CaptureDecoder(await findFamily(capture.family, spec), capture, strict);
    console.log(toJson({ request: decoder.request(), replies: decoder.replies() }, pretty ? 2 : 0));
    return 0;
  },
});
