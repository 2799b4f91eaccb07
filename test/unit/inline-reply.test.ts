import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, jest, test } from '@jest/globals';
import type { NetlinkSocket, RequestMessage } from '#lib/index';
import { TransactionEngine } from '#lib/socket/engine/engine';
import { acknowledge, datagram, done, message, multipart, refuse, reply } from '#lib/testing/builders';
import { FakeKernel, type Respond } from '#lib/testing/fake-kernel';
import { NLM_F_MULTI } from '#lib/wire/index';

const payload = Uint8Array.of(8, 0, 0, 0);
const strayMessage = message({ type: 77, payload });

interface Row {
  readonly answer: string;
  readonly end: NonNullable<RequestMessage['end']>;
  readonly respond: Respond;
  readonly path: 'inline' | 'engine';
  /** The payloads of the reply, or the error's code. */
  readonly result: readonly number[] | string;
  /** How many messages are left for receive(). */
  readonly unclaimed?: number;
}

const rows: readonly Row[] = [
  {
    answer: 'one reply',
    end: 'reply',
    respond: (asked) => [reply(asked, payload)],
    path: 'inline',
    result: [8],
  },
  {
    answer: 'an acknowledgement',
    end: 'acknowledgement',
    respond: (asked) => [acknowledge(asked)],
    path: 'inline',
    result: [],
  },
  {
    answer: 'an acknowledgement with a warning',
    end: 'acknowledgement',
    respond: (asked) => [acknowledge(asked, { message: 'careful' })],
    path: 'engine',
    result: [],
  },
  {
    answer: 'a refusal',
    end: 'reply',
    respond: (asked) => [refuse(asked, 'ENODEV')],
    path: 'engine',
    result: 'ENODEV',
  },
  {
    answer: 'a refusal',
    end: 'acknowledgement',
    respond: (asked) => [refuse(asked, 'EEXIST')],
    path: 'engine',
    result: 'EEXIST',
  },
  {
    answer: 'a reply and its acknowledgement',
    end: 'both',
    respond: (asked) => [reply(asked, payload), acknowledge(asked)],
    path: 'engine',
    result: [8],
  },
  {
    answer: 'a reply before the acknowledgement',
    end: 'acknowledgement',
    respond: (asked) => [reply(asked, payload), acknowledge(asked)],
    path: 'engine',
    result: [8],
  },
  {
    answer: 'a multipart reply',
    end: 'reply',
    respond: (asked) => [datagram(...multipart(asked, [payload, payload]))],
    path: 'engine',
    result: [8, 8],
  },
  {
    answer: 'one part and the end in datagrams of their own',
    end: 'reply',
    respond: (asked) => [reply(asked, payload, { flags: NLM_F_MULTI }), done(asked)],
    path: 'engine',
    result: [8],
  },
  {
    answer: 'a message of another sequence number first',
    end: 'reply',
    respond: (asked) => [strayMessage, reply(asked, payload)],
    path: 'engine',
    result: [8],
    unclaimed: 1,
  },
  {
    answer: 'a message of another port id first',
    end: 'reply',
    respond: (asked) => [reply(asked, payload, { portId: asked.portId + 1 }), reply(asked, payload)],
    path: 'engine',
    result: [8],
    unclaimed: 1,
  },
  {
    answer: 'a second message in the datagram',
    end: 'reply',
    respond: (asked) => [datagram(reply(asked, payload), strayMessage)],
    path: 'engine',
    result: [8],
    unclaimed: 1,
  },
  {
    answer: 'broken bytes',
    end: 'reply',
    respond: (asked) => [reply(asked, payload).subarray(0, 18)],
    path: 'engine',
    result: 'ERR_NETLINK_MALFORMED',
  },
  { answer: 'nothing', end: 'reply', respond: () => [], path: 'engine', result: 'ERR_NETLINK_TIMEOUT' },
];

type Asked = Pick<Row, 'end' | 'result'>;

/** Milliseconds: short only where nothing comes; elsewhere a busy machine must not be taken for a silent kernel. */
const timeoutFor = (result: Row['result']) => (result === 'ERR_NETLINK_TIMEOUT' ? 20 : 30_000);

async function outcomeOf(socket: NetlinkSocket, { end, result }: Asked): Promise<Row['result']> {
  const timeout = timeoutFor(result);
  try {
    const { messages } = await socket.request({ type: 18, end, payload }, { timeout });
    return messages.map((one) => one.payload[0] ?? -1);
  } catch (error) {
    return (error as { code: string }).code;
  }
}

/** The same, blocking. */
function outcomeOfSync(socket: NetlinkSocket, { end, result }: Asked): Row['result'] {
  const timeout = timeoutFor(result);
  try {
    const { messages } = socket.requestSync({ type: 18, end, payload }, { timeout });
    return messages.map((one) => one.payload[0] ?? -1);
  } catch (error) {
    return (error as { code: string }).code;
  }
}

function unclaimedBy(socket: NetlinkSocket): number {
  for (let count = 0; ; count++) {
    try {
      socket.receiveSync({ timeout: 0 });
    } catch (error) {
      expect(error).toMatchObject({ code: 'ERR_NETLINK_TIMEOUT' });
      return count;
    }
  }
}

describe('the inline reply', () => {
  test.each(rows)('$answer, of a request that ends with $end: $path', async (row) => {
    const adopt = jest.spyOn(TransactionEngine.prototype, 'adopt');
    try {
      using socket = new FakeKernel(row.respond).openSocket();
      expect(await outcomeOf(socket, row)).toEqual(row.result);
      // Blocking requests never wait for the event loop's turn, so their path is always the same.
      adopt.mockClear();
      expect(outcomeOfSync(socket, row)).toEqual(row.result);
      expect(adopt).toHaveBeenCalledTimes(row.path === 'engine' ? 1 : 0);
      expect(unclaimedBy(socket)).toBe(2 * (row.unclaimed ?? 0));
    } finally {
      adopt.mockRestore();
    }
  });

  test('an overrun in place of the answer goes to the engine', () => {
    const adopt = jest.spyOn(TransactionEngine.prototype, 'adopt');
    try {
      const kernel: FakeKernel = new FakeKernel(() => {
        kernel.overrun();
        return [];
      });
      using socket = kernel.openSocket();
      expect(outcomeOfSync(socket, { end: 'reply', result: 'ERR_NETLINK_OVERRUN' })).toBe(
        'ERR_NETLINK_OVERRUN',
      );
      expect(adopt).toHaveBeenCalledTimes(1);
    } finally {
      adopt.mockRestore();
    }
  });

  test('the engine alone gives the same results for the same script', async () => {
    const script = async () => {
      let answers = 0;
      using socket = new FakeKernel((asked) =>
        (rows[(answers++ >> 1) % rows.length] as Row).respond(asked),
      ).openSocket();
      const results: unknown[] = [];
      for (const row of rows) results.push(await outcomeOf(socket, row), outcomeOfSync(socket, row));
      return { results, unclaimed: unclaimedBy(socket), next: socket.send() };
    };
    const adopt = jest.spyOn(TransactionEngine.prototype, 'adopt');
    try {
      const inline = await script();
      // At least those of the blocking requests: others may wait for the event loop's turn, and go with the engine then.
      expect(adopt.mock.calls.length).toBeGreaterThanOrEqual(
        rows.filter(({ path }) => path === 'engine').length,
      );
      adopt.mockClear();
      const ignore = () => undefined;
      subscribe('afnetlink:request', ignore);
      try {
        expect(await script()).toEqual(inline);
      } finally {
        unsubscribe('afnetlink:request', ignore);
      }
      expect(adopt).not.toHaveBeenCalled();
      expect(inline.results).toEqual(rows.flatMap(({ result }) => [result, result]));
    } finally {
      adopt.mockRestore();
    }
  });
});
