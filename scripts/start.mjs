// npm start [-- TEXT]: the main job. Builds what is missing, boots a guest, loads netlink_test and lets nl_recv talk to it.
import { parseArgs } from 'node:util';
import { report, root, setUp } from './setup.mjs';

const usage = `Usage: npm start [-- [--kernel 6.1|6.12|newest|PATH] [TEXT]]

Boots a Linux guest, loads the kernel module netlink_test there and sends it TEXT ("Hello you!" if absent).`;

async function main() {
  const { values, positionals } = parseArgs({
    options: { kernel: { type: 'string', default: '6.1' }, help: { type: 'boolean' } },
    allowPositionals: true,
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  if (positionals.length > 1)
    throw new Error(`one TEXT at most; quote it: npm start -- "${positionals.join(' ')}"`);

  setUp('guest');
  const { moduleLines, runInGuest } = await import('../dist/vm/index.js');
  const result = await runInGuest({
    kernel: values.kernel,
    command: [process.execPath, 'dist/cli/nl_recv.js', '--', positionals[0] ?? 'Hello you!'],
    cwd: root,
    onProgress: report,
  });
  const conversation = /netlink_test: (Received from|Send) /;
  for (const line of moduleLines(result.kernelLog, 'netlink_test'))
    if (conversation.test(line)) console.log(line);
  if (result.message !== undefined) console.error(`npm start: ${result.message}`);
  return result.status;
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error) => {
    console.error(`npm start: ${error.message}`);
    process.exitCode = 1;
  },
);
