/**
 * How many frames of the library may stand above the caller's. An error does not show them, so they must not
 * use up the frames that Error.stackTraceLimit allows.
 */
const LIBRARY_FRAMES = 40;
const FRAME = /^ +at (?:.*\()?(.+?):\d+:\d+\)?$/;

/** The stack where it was made, formatted when it is read: most errors are handled without a look at it. */
export class CallerStack {
  /** The stack that V8 formats. */
  declare readonly stack: string;

  constructor() {
    const limit = Error.stackTraceLimit;
    limitStack(limit > 0 ? limit + LIBRARY_FRAMES : limit);
    Error.captureStackTrace(this);
    limitStack(limit);
  }

  /** The frames from the library's caller onwards, as lines; all frames if the caller is not among them. */
  frames(): string[] {
    const frames = this.stack.split('\n').filter((line) => line.startsWith('    at '));
    // Found in the text, where a source map may have replaced the paths: the first frame is the constructor's.
    const library = folderOf(frames[0]);
    const caller = frames.findIndex((frame) => isOutside(frame, library));
    return frames.slice(Math.max(0, caller)).slice(0, Error.stackTraceLimit);
  }
}

/**
 * Sets how many frames V8 captures, and returns how many it was. Where the program has frozen Error, as node's
 * --frozen-intrinsics does, it stays as it is.
 */
export function limitStack(frames: number): number {
  const before = Error.stackTraceLimit;
  Reflect.set(Error, 'stackTraceLimit', frames);
  return before;
}

function folderOf(frame: string | undefined): string {
  const file = fileOf(frame ?? '') ?? '';
  // A bundle has this module in a folder of shared chunks, below that of the entries.
  return file.slice(0, file.lastIndexOf('/') + 1).replace(/\/chunks\/$/, '/');
}

/** Whether a frame's file belongs neither to the library nor to Node. */
function isOutside(frame: string, library: string): boolean {
  const file = fileOf(frame);
  return file !== undefined && !file.startsWith('node:') && !file.startsWith(library);
}

/** The file of a frame; undefined for V8's own functions. */
function fileOf(frame: string): string | undefined {
  return FRAME.exec(frame)?.[1]?.replace(/^async /, '');
}
