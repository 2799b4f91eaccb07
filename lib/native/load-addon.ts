import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { NetlinkError } from '../errors.js';
import { unsupported, whyUnsupported } from './platform.js';
import { registeredAddon } from './registered.js';

/**
 * Returns the addon's exports. Taken in this order: what registerAddon was given, this package's own build, its prebuilt
 * file for this architecture (one file serves glibc and musl).
 */
export function loadAddon(): unknown {
  const reason = whyUnsupported(process);
  if (reason !== undefined) throw unsupported(reason);
  return registeredAddon() ?? open(locate());
}

function locate(): string {
  try {
    const root = packageRoot();
    const places = [
      join(root, 'build/Release/afnetlink.node'),
      join(root, 'prebuilds', `${target()}.node`),
    ] as const;
    const found = places.find((place) => existsSync(place));
    if (found !== undefined) return found;
    throw unloadable(`no file found (looked for ${places.join(' and ')}). ${howToBuild(root)}`);
  } catch (error) {
    if (codeOf(error) !== 'ERR_ACCESS_DENIED') throw error;
    throw unloadable(
      "Node's permission model does not let this process read the package. Start node with --allow-fs-read for afnetlink's folder, and with --allow-addons",
      error,
    );
  }
}

function open(path: string): unknown {
  const module: { exports: unknown } = { exports: {} };
  try {
    process.dlopen(module, path);
  } catch (error) {
    if (codeOf(error) === 'ERR_DLOPEN_DISABLED') throw unloadable(forbiddenBy(), error);
    throw unloadable(`${path} does not load: ${textOf(error)}. ${howToBuild(packageRoot())}`, error);
  }
  return module.exports;
}

/** The architecture's prebuilt file is for ARMv7: an ARMv6 processor would end the process at an unknown instruction. */
function target(): string {
  const { arm_version: version } = process.config.variables as { readonly arm_version?: unknown };
  return process.arch === 'arm' && Number(version) < 7 ? 'linux-armv6' : `linux-${process.arch}`;
}

/** The nearest folder above with a package.json: this module's depth depends on how the package was bundled. */
function packageRoot(): string {
  if (typeof __dirname === 'undefined') {
    throw unloadable(
      `this program is bundled as an ES module, which has no folder to look in. Import 'afnetlink/addon/${target()}' before the first socket is opened, or leave afnetlink out of the bundle`,
    );
  }
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

function howToBuild(root: string): string {
  const script = join(root, 'native/build.mjs');
  if (existsSync(script)) return `Build it here with: node ${JSON.stringify(script)}`;
  if (existsSync(join(root, 'binding.gyp'))) return `Build it with: npm run build:native, in ${root}`;
  return `In a bundled program, import 'afnetlink/addon/${target()}' first`;
}

function forbiddenBy(): string {
  // With --permission only.
  return 'permission' in process
    ? "Node's permission model (--permission) forbids native addons. Start node with --allow-addons as well"
    : 'the flag --no-addons forbids native addons. Start node without it (NODE_OPTIONS may hold it, too)';
}

function unloadable(what: string, cause?: unknown): NetlinkError {
  return new NetlinkError(`loading the native addon for ${target()}: ${what}`, {
    code: 'ERR_NETLINK_ADDON',
    cause,
  });
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
