import assert from 'node:assert/strict';
import { acknowledge, FakeKernel, multipart, refuse } from 'afnetlink/testing';

async function main(): Promise<void> {
  const kernel = new FakeKernel((request) => {
    if (request.type === 18) return multipart(request, [new Uint8Array([1]), new Uint8Array([2])]);
    if (request.type === 17) return [refuse(request, 'EPERM')];
    return [acknowledge(request, { message: 'this will go away some day' })];
  });
  await using socket = kernel.openSocket();

  const dumped = await socket.dump({ type: 18 }).toArray();
  assert.deepEqual(
    dumped.map(({ payload }) => payload[0]),
    [1, 2],
  );
  await assert.rejects(socket.request({ type: 17 }), { code: 'EPERM' });
  const { extack } = await socket.request({ type: 16 });
  assert.equal(extack?.message, 'this will go away some day');
  assert.equal(kernel.requests.length, 3);
  console.log('as expected');
}

main().catch(console.error);
