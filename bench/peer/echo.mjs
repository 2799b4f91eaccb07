// Echo with another process, or with the kernel module (port 0).
import { createRequire } from 'node:module';
import { openSocket } from '../../dist/index.js';

const { measureEach, measureEachSync, options } = createRequire(import.meta.url)('../peers/node/measure.cjs');

const text = new Uint8Array(options.size).fill('x'.charCodeAt(0));
text[options.size - 1] = 0;
const to = { portId: options.port };

function check(message) {
  if (message.payload.length < options.size) throw new Error(`${message.payload.length} bytes came back`);
}

export const offered = {
  sync() {
    const socket = openSocket({ protocol: options.protocol });
    measureEachSync(() => {
      socket.send({ payload: text, to });
      return socket.receiveSync();
    }, check);
  },

  'sync-into'() {
    const socket = openSocket({ protocol: options.protocol });
    const into = new Uint8Array(options.size);
    measureEachSync(() => {
      socket.send({ payload: text, to });
      return socket.receiveSync({ into });
    }, check);
  },

  async await() {
    const socket = openSocket({ protocol: options.protocol });
    await measureEach(() => {
      socket.send({ payload: text, to });
      return socket.receive();
    }, check);
  },
};
