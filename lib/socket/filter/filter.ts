import { checkOptions, type KnownNames, namesOf } from '../../known-names.js';
import { LITTLE_ENDIAN_HOST } from '../../wire/byte-order.js';
import { NLMSG_DONE, NLMSG_ERROR, NLMSG_HDRLEN, NLMSG_MIN_TYPE } from '../../wire/constants.js';
import { WireWriter } from '../../wire/writer.js';
import { bpf, type BpfInstruction, runBpf } from './bpf.js';
import { any, type Condition, header } from './match.js';
import { ReversedCode } from './reversed-code.js';

/** Options of `buildFilter`. */
export interface FilterOptions {
  /** Drops acknowledgements, errors and DONE like any other message: for sockets that only listen. Default: false. */
  readonly listenOnly?: boolean;
}

export const FILTER_OPTIONS: KnownNames = namesOf<FilterOptions>({ listenOnly: true });

/**
 * A program for `attachFilter`: datagrams whose first message meets the condition are received, others are dropped in the
 * kernel and never copied. It sees only the first message of a datagram; the others go the same way.
 */
export function buildFilter(condition: Condition, options: FilterOptions = {}): BpfInstruction[] {
  checkOptions('buildFilter', options, FILTER_OPTIONS);
  const code = new ReversedCode();
  const drop = code.prepend(bpf.drop());
  const accept = code.prepend(bpf.accept());
  const replies = header.type.between(0, NLMSG_MIN_TYPE - 1);
  const whole = options.listenOnly === true ? condition : any(replies, condition);
  return code.finish(whole.compile(code, accept, drop));
}

/** Whether a program lets the messages pass that end a request: acknowledgements, errors and DONE. Tried on samples. */
export function passesReplies(program: readonly BpfInstruction[]): boolean {
  return [NLMSG_ERROR, NLMSG_DONE].every((type) =>
    [0, 0x02, 0x100, 0x300].every((flags) =>
      [0, 1, 0x7fffffff, 0xffffffff].every((sequence) =>
        [20, 36, 100].every((length) => {
          const writer = new WireWriter(length);
          writer.messageStart(type, flags, sequence, sequence);
          writer.space(length - NLMSG_HDRLEN);
          writer.messageEnd();
          return runBpf(program, writer.finish()) >= length;
        }),
      ),
    ),
  );
}

/** The program as struct sock_filter, one after the other. */
export function encodeFilter(program: readonly BpfInstruction[]): ArrayBuffer {
  const bytes = new DataView(new ArrayBuffer(program.length * 8));
  program.forEach(({ code, jt, jf, k }, index) => {
    bytes.setUint16(index * 8, code, LITTLE_ENDIAN_HOST);
    bytes.setUint8(index * 8 + 2, jt);
    bytes.setUint8(index * 8 + 3, jf);
    bytes.setUint32(index * 8 + 4, k, LITTLE_ENDIAN_HOST);
  });
  return bytes.buffer;
}

/** The reverse of {@link encodeFilter}. */
export function decodeFilter(buffer: ArrayBuffer): BpfInstruction[] {
  const bytes = new DataView(buffer);
  return Array.from({ length: buffer.byteLength / 8 }, (_, index) => ({
    code: bytes.getUint16(index * 8, LITTLE_ENDIAN_HOST),
    jt: bytes.getUint8(index * 8 + 2),
    jf: bytes.getUint8(index * 8 + 3),
    k: bytes.getUint32(index * 8 + 4, LITTLE_ENDIAN_HOST),
  }));
}
