// Makes the CommonJS that ships: an entry for each export of package.json and each program, one chunk for what they share,
// and chunks for what a program loads on demand.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { rollup } from 'rollup';

/** A program that no user runs: `nlctl study` starts it. */
const helpers = ['./dist/cli/study/echo-peer.js'];

/** Opening a socket needs most of these, and each file that Node loads takes half a millisecond or more. */
const core =
  /^(wire|native|socket|generic|client|spec\/runtime)\/|^(errno|errors|json|known-names|caller-stack|shown-value|extended-ack)\.js$/;

/** Their JavaScript is as readable as their TypeScript, and a map of each would double the package. */
const generated = /^families\//;

const mapComment = /\/\/# sourceMappingURL=.*\s*$/;

/** The path below `dist` of each entry, without its extension, and its module. */
function entries(modules, { bin, exports }) {
  const outputs = Object.values(exports).flatMap(({ default: output }) => output ?? []);
  const names = [...outputs, ...Object.values(bin), ...helpers].flatMap((output) => {
    const name = output.replace(/^\.\/dist\/|\.js$/g, '');
    if (!name.endsWith('*')) return name;
    const folder = name.slice(0, -1);
    const files = readdirSync(join(modules, folder)).filter((file) => file.endsWith('.js'));
    return files.map((file) => folder + file.slice(0, -'.js'.length));
  });
  return Object.fromEntries(names.map((name) => [name, join(modules, `${name}.js`)]));
}

/** Reads a module with the source map that tsc wrote next to it. */
const compiledModules = {
  name: 'compiled-modules',
  load(path) {
    const code = readFileSync(path, 'utf8');
    if (path.endsWith('.json')) return { code: `export default ${code}`, map: { mappings: '' } };
    return { code: code.replace(mapComment, ''), map: readFileSync(`${path}.map`, 'utf8') };
  },
  generateBundle(options, bundle) {
    for (const [file, output] of Object.entries(bundle)) {
      if (!generated.test(file)) continue;
      if (output.type === 'asset') delete bundle[file];
      else output.code = output.code.replace(mapComment, '');
    }
  },
};

/** Bundles the ES modules in `modules` to `dist`; `manifest` is package.json. */
export async function bundle(modules, dist, manifest) {
  const build = await rollup({
    input: entries(modules, manifest),
    external: /^(node:|yaml$|afnetlink\/)/,
    // tsc's helpers for `using` look for others of their name there.
    context: 'this',
    plugins: [compiledModules],
    onLog(level, log) {
      // An entry of types only.
      if (log.code !== 'EMPTY_BUNDLE') throw new Error(`rollup: ${log.message}`);
    },
  });
  await build.write({
    dir: dist,
    format: 'cjs',
    exports: 'named',
    generatedCode: 'es2015',
    externalLiveBindings: false,
    hoistTransitiveImports: false,
    manualChunks: (path) => (core.test(relative(modules, path).replaceAll(sep, '/')) ? 'core' : undefined),
    chunkFileNames: 'chunks/[name].js',
    sourcemap: true,
  });
}
