import { type KnownNames, namesOf } from '../known-names.js';
import type { SubscribeOptions } from './events/subscription.js';
import type { ReceiveOptions, ReceiveSyncOptions } from './messages/message-receiver.js';
import type { BatchOptions } from './requests/batch.js';
import type { CallOptions } from './requests/call-options.js';
import type { DumpOptions } from './requests/dump.js';
import type { RequestMessage } from './requests/message-request.js';

// The options that a socket's calls accept: others are refused.

export const CALL_OPTIONS: KnownNames = namesOf<CallOptions>({
  signal: true,
  timeout: true,
  onWarning: true,
});

export const DUMP_OPTIONS: KnownNames = namesOf<DumpOptions>({
  signal: true,
  timeout: true,
  onWarning: true,
  restarts: true,
  onRestart: true,
});

export const BATCH_OPTIONS: KnownNames = namesOf<BatchOptions>({
  signal: true,
  timeout: true,
  onWarning: true,
  stopOnError: true,
  acknowledge: true,
  transaction: true,
});

export const SUBSCRIBE_OPTIONS: KnownNames = namesOf<SubscribeOptions>({
  groups: true,
  signal: true,
  program: true,
  filter: true,
  capacity: true,
  receiveBufferSize: true,
  allNamespaces: true,
});

export const RECEIVE_OPTIONS: KnownNames = namesOf<ReceiveOptions>({ signal: true, into: true });
export const RECEIVE_SYNC_OPTIONS: KnownNames = namesOf<ReceiveSyncOptions>({ timeout: true, into: true });
export const SEND_OPTIONS: KnownNames = namesOf<Pick<ReceiveOptions, 'signal'>>({ signal: true });

export const REQUEST_MESSAGE: KnownNames = namesOf<RequestMessage>({
  type: true,
  flags: true,
  payload: true,
  name: true,
  headerLength: true,
  attributes: true,
  capability: true,
  end: true,
});
