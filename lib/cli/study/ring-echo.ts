import { openMappedRing } from '../../ring/index.js';
import { NLMSG_HDRLEN } from '../../wire/index.js';
import type { OpenWay } from './way.js';

/** Bytes that the module prepends to the data that it produces. */
const DATA_HEADER = 8;

/** A message to the kernel and one from it, in shared pages, `batch` for each two commands. */
export function ringEcho(batch: number) {
  return (size: number): Promise<OpenWay> => {
    const ring = openMappedRing();
    const nothing = () => undefined;
    return Promise.resolve({
      copyLengths: [NLMSG_HDRLEN + size],
      batch,
      async run(messages) {
        for (let sent = 0; sent < messages; sent += batch) {
          for (let index = 0; index < batch; index++) ring.write(size, nothing);
          await ring.submit();
          ring.read(nothing);
          await ring.produce(batch, size - DATA_HEADER);
          ring.read(nothing);
        }
        return undefined;
      },
      close: () => ring.close(),
    });
  };
}
