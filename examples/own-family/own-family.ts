// Talks to a family that is described in a file next to it: nlctl vm -- node out/examples/own-family/own-family.js
import { readFileSync } from 'node:fs';
import { openFamily } from 'afnetlink';
import { loadFamily } from 'afnetlink/spec';

const file = 'examples/own-family/echo-modes.yaml';

async function main(): Promise<void> {
  await using module = await openFamily(loadFamily(readFileSync(file, 'utf8'), { file }));
  await module.do('setMode', { mode: 'deferred', sleep: 5 });
  console.log(await module.do('getMode'));
  await module.do('setMode', { mode: 'direct' });
}

main().catch(console.error);
