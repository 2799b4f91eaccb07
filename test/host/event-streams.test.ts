// Streams of events into a receive buffer that is large enough to let them gather.
import { describe, expect, test } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { runInProcess } from '../helpers/processes.js';
import { open } from '../helpers/sockets.js';

const GROUP = 7;
const ROUNDS = 200;
const ROUND = 100;
const numbers = Array.from({ length: ROUNDS * ROUND }, (_, index) => index);

async function stream(to: { readonly closed: boolean }): Promise<void> {
  const sender = open();
  for (let number = 0; number < numbers.length && !to.closed; number++) {
    sender.send({ type: 16, sequence: number, flags: 0, to: { group: GROUP } });
    if (number % ROUND === ROUND - 1) await nextTurn();
  }
}

const listen = () => open().subscribe({ groups: [GROUP], receiveBufferSize: 32 << 20 });

describe('a stream of 20,000 events in 200 turns of the loop', () => {
  test('is heard whole and in order by a callback', async () => {
    using events = listen();
    const heard: number[] = [];
    const ended = events.forEach((item) => {
      if (item.kind === 'event') heard.push(item.event.sequence);
      if (heard.length === numbers.length) events.close();
    });
    await Promise.all([stream(events), ended]);
    expect(heard).toEqual(numbers);
    expect(events.overruns).toBe(0);
  });

  test('is heard whole and in order by a loop', async () => {
    using events = listen();
    const heard: number[] = [];
    const streamed = stream(events);
    for await (const item of events) {
      if (item.kind === 'event') heard.push(item.event.sequence);
      if (heard.length === numbers.length) break;
    }
    await streamed;
    expect(heard).toEqual(numbers);
  });

  test.each([1, 16, 150])('may be left after %i', async (wanted) => {
    const events = listen();
    let heard = 0;
    const ended = events.forEach(() => {
      if (++heard === wanted) events.close();
    });
    await Promise.all([stream(events), ended]);
    expect(heard).toBe(wanted);
  });
});

test.each([
  ['unref', 'ended 1'],
  ['ref', 'heard 3000'],
])('after %s in a stream the process ends as it should', async (call, printed) => {
  const { status, stdout } = await runInProcess(`
    const { openSocket } = require('afnetlink');
    const [reader, sender] = [openSocket({ protocol: 2 }), openSocket({ protocol: 2 })];
    const events = reader.subscribe({ groups: [7], receiveBufferSize: 8 << 20 });
    let heard = 0;
    events.forEach(() => { if (++heard === 3000) { console.log('heard', heard); events.close(); } });
    const send = (count) => { while (count-- > 0) sender.send({ type: 16, to: { group: 7 } }); };
    send(1000);
    setTimeout(() => {
      events.${call}();
      setTimeout(() => send(2000), 50);
      process.on('exit', () => console.log('ended', 1));
    }, 20);`);
  expect(status).toBe(0);
  expect(stdout).toContain(printed);
});
