// Socket filters, which run in the kernel: public as `afnetlink/filter`.

export { bpf, type BpfInstruction } from './bpf.js';
export { buildFilter, type FilterOptions } from './filter.js';
export * as match from './match.js';
