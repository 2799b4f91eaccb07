// 64-bit numbers. Most of those that the kernel sends are zero (unused counters), and a constant zero uses no memory.

export function u64At(data: DataView, at: number, littleEndian = false): bigint {
  return isZero(data, at) ? 0n : data.getBigUint64(at, littleEndian);
}

export function s64At(data: DataView, at: number, littleEndian = false): bigint {
  return isZero(data, at) ? 0n : data.getBigInt64(at, littleEndian);
}

function isZero(data: DataView, at: number): boolean {
  return (data.getInt32(at) | data.getInt32(at + 4)) === 0;
}
