import { dirname } from 'node:path';

/** This package's folder, which the module that asks cannot derive from its own: it is bundled. */
export const packageFolder = dirname(require.resolve('afnetlink/package.json'));
