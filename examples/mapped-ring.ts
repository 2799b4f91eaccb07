import { crc32 } from 'node:zlib';
import { openMappedRing, readData, readReceipt } from 'afnetlink/ring';

async function main(): Promise<void> {
  using ring = openMappedRing();
  const frames = await ring.frames(); // a keyed hash for each mapped page

  // To the kernel: the message is written into a page that the kernel reads where it lies.
  const bytes = Buffer.from('Hello you!');
  const slot = ring.write(bytes.length, (payload) => payload.set(bytes));
  if (slot === undefined) throw new Error('the ring is full');
  await ring.submit();
  ring.read(({ payload }) => {
    const { frame, length, checksum } = readReceipt(payload);
    console.log(`the kernel read ${length} bytes, checksum ${checksum === crc32(bytes) ? 'right' : 'wrong'}`);
    console.log(`in the page that is mapped here: ${frame === frames[1 + slot]}`);
  });

  // From the kernel: the message is produced in a page that is mapped here.
  await ring.produce(1, 4000);
  ring.read(({ slot, payload }) => {
    const { frame, bytes } = readData(payload);
    console.log(`the kernel wrote ${bytes.length} bytes`);
    console.log(`in the page that is mapped here: ${frame === frames[1 + ring.slots + slot]}`);
  });
}

main().catch(console.error);
