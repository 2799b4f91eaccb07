// Every output that docs/ shows is what its command prints now, numbers aside. Runs in the guest.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { pattern, recordedCommands, recordedPages, runRecorded } from '../helpers/recorded-docs.js';

describe.each(recordedPages().map((path) => [basename(path), path] as const))('%s', (_, path) => {
  const commands = recordedCommands(readFileSync(path, 'utf8'));
  test.each(commands.map(({ command, output }) => [command, output] as const))('%s', (command, output) => {
    expect(pattern(runRecorded(command))).toBe(pattern(output));
  });
});
