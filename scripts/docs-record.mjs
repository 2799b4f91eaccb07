// npm run docs:record [-- PAGE…]: runs the commands whose outputs docs/ shows, in guests, and writes the new outputs there.
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Writable } from 'node:stream';
import { buildTests, report, root, setUp } from './setup.mjs';

async function record(guest, page) {
  const { runInGuest } = await import('../dist/vm/index.js');
  const chunks = [];
  const { status, message } = await runInGuest({
    guest,
    command: [process.execPath, 'out/test/helpers/record-docs.js', page],
    cwd: root,
    modules: [{ path: `${root}examples/own-protocol` }],
    timeout: 30 * 60_000,
    stdout: new Writable({
      write(chunk, encoding, done) {
        chunks.push(chunk);
        done();
      },
    }),
  });
  if (status !== 0) throw new Error(`${page}: ${message ?? `status ${status}`}`);
  const text = Buffer.concat(chunks).toString();
  if (text === readFileSync(page, 'utf8')) return;
  writeFileSync(page, text);
  report(`recorded ${page.slice(root.length)}`);
}

async function main(names) {
  setUp('guest', 'test');
  buildTests();
  const { recordedPages } = await import('../out/test/helpers/recorded-docs.js');
  const { prepareGuest } = await import('../dist/vm/index.js');
  const guest = await prepareGuest({ onProgress: report });
  const pages = names.length > 0 ? names.map((name) => resolve(name)) : recordedPages();
  for (const page of pages) await record(guest, page);
}

main(process.argv.slice(2)).catch((error) => {
  console.error(`npm run docs:record: ${error.message}`);
  process.exitCode = 1;
});
