// What is prebuilt, and what a prebuilt file may ask of the system that loads it.
import { readFileSync, statSync } from 'node:fs';
import { compareVersions, requirements } from './elf.mjs';

export const { targets, largest } = JSON.parse(
  readFileSync(new URL('../prebuild/targets.json', import.meta.url), 'utf8'),
);

const isOldEnough = (version, floor) =>
  version.startsWith('GLIBC_') && compareVersions(version, `GLIBC_${floor}`) <= 0;

/** Why a file does not load with every glibc from the target's floor on and with musl, or is too large; empty if neither. */
export function faultsOf(path, { glibc }) {
  const { needed, symbols } = requirements(path);
  const faults = needed.map((library) => `it needs ${library}; no library is allowed`);
  for (const { name, version, weak } of symbols) {
    const fromRuntime = /^(napi|uv)_/.test(name);
    if (version === undefined && !fromRuntime && !weak) {
      faults.push(`no library defines ${name}: add it to prebuild/runtime.cc`);
    } else if (version !== undefined && !isOldEnough(version, glibc)) {
      faults.push(`${name} is of ${version}, not of GLIBC_${glibc} at most: see prebuild/glibc_floor.h`);
    }
  }
  const { size } = statSync(path);
  if (size > largest) faults.push(`it has ${size} bytes; ${largest} are allowed`);
  return faults;
}
