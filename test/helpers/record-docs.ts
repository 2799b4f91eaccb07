// Runs inside the guest: prints a page, given by its path, with the outputs of its commands as they are now.
import { readFileSync } from 'node:fs';
import { recordPage, runRecorded } from './recorded-docs.js';

const [path = ''] = process.argv.slice(2);
process.stdout.write(recordPage(readFileSync(path, 'utf8'), runRecorded));
