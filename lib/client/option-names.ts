import { type KnownNames, namesOf } from '../known-names.js';
import type {
  FamilyBatchOptions,
  FamilyDoOptions,
  FamilyDumpOptions,
  FamilySubscribeOptions,
} from '../spec/runtime/client.js';

// The options that a family's calls accept; all others are refused.

interface Selecting {
  readonly select?: readonly string[];
}

const BATCHED = {
  flags: true,
  create: true,
  exclusive: true,
  replace: true,
  append: true,
  echo: true,
} as const;

export const DO_OPTIONS: KnownNames = namesOf<FamilyDoOptions & Selecting>({
  signal: true,
  timeout: true,
  strict: true,
  ...BATCHED,
  select: true,
});

export const DUMP_OPTIONS: KnownNames = namesOf<FamilyDumpOptions & Selecting & { columns: unknown }>({
  signal: true,
  timeout: true,
  strict: true,
  flags: true,
  restarts: true,
  onRestart: true,
  select: true,
  columns: true,
});

export const BATCH_OPTIONS: KnownNames = namesOf<FamilyBatchOptions & Selecting>({
  signal: true,
  timeout: true,
  stopOnError: true,
  acknowledge: true,
  transaction: true,
  select: true,
});

/** Of one request in a batch. */
export const BATCHED_OPTIONS: KnownNames =
  namesOf<Omit<FamilyDoOptions, 'signal' | 'timeout' | 'strict'>>(BATCHED);

export const SUBSCRIBE_OPTIONS: KnownNames = namesOf<FamilySubscribeOptions<never, never> & Selecting>({
  groups: true,
  signal: true,
  filter: true,
  capacity: true,
  receiveBufferSize: true,
  allNamespaces: true,
  strict: true,
  select: true,
});
