// Loads an addon in whatever runtime runs this, and has a message acknowledged by the kernel. Prints the mapped libc.
const { readFileSync } = require('node:fs');

const module_ = { exports: {} };
process.dlopen(module_, process.argv[2]);
const addon = module_.exports;
const SOCK_RAW = 3;
const NLM_F_REQUEST_ACK = 5;
const handle = addon.open(SOCK_RAW, 0, -1);
const header = new DataView(new ArrayBuffer(16));
const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
header.setUint32(0, 16, littleEndian);
header.setUint16(4, 1, littleEndian);
header.setUint16(6, NLM_F_REQUEST_ACK, littleEndian);
const results = [
  addon.connect(handle, 0, 0),
  addon.send(handle, header.buffer, 0, 16),
  addon.wait(handle, 5000),
  addon.close(handle),
];
const [libc] = /\S*(?:libc\.so|ld-musl)\S*/.exec(readFileSync('/proc/self/maps', 'latin1')) ?? ['none'];
console.log(JSON.stringify({ results, libc }));
