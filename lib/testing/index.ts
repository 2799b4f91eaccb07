export {
  acknowledge,
  type Answered,
  datagram,
  done,
  type DoneOptions,
  message,
  type MessageValues,
  multipart,
  type MultipartOptions,
  refuse,
  reply,
} from './builders.js';
export { type Answer, FakeKernel, type FakeSocketOptions, type Respond } from './fake-kernel.js';
export { type RecordedConversation, type RecordedDatagram, Recording, replay } from './recording.js';
