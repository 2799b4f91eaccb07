// 64-bit numbers. Most of those that the kernel sends are zero (unused counters), and a constant zero uses no memory.

/** The unsigned 64-bit integer at `at`; `0n` without allocating for zero. */
export function u64At(data: DataView, at: number, littleEndian = false): bigint {
  return isZero(data, at) ? 0n : data.getBigUint64(at, littleEndian);
}

/** The signed 64-bit integer at `at`; `0n` without allocating for zero. */
export function s64At(data: DataView, at: number, littleEndian = false): bigint {
  return isZero(data, at) ? 0n : data.getBigInt64(at, littleEndian);
}

function isZero(data: DataView, at: number): boolean {
  return (data.getInt32(at) | data.getInt32(at + 4)) === 0;
}
