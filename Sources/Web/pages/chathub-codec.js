// The wire of protocol v1 as the pages speak it: lines of JSON in text frames. Used by
// chathub-connection.js.

export const SUBPROTOCOL = 'chathub.v1';
/** A WebSocket frame holds at most this many lines and bytes, both ways. */
export const MAXIMUM_LINES = 64;
export const MAXIMUM_FRAME_BYTES = 65536;

const utf8 = new TextEncoder();

/** Bytes a text takes on the wire before escaping; the hub's limits count these. */
export const byteCount = (text) => utf8.encode(text).length;

/** Characters to take away, roughly: what is over the limit, at this text's bytes a character. */
export function excessCharacters(text, limitBytes) {
  if (text.length * 3 <= limitBytes) return 0;
  const bytes = byteCount(text);
  return bytes <= limitBytes ? 0 : Math.ceil((bytes - limitBytes) / (bytes / text.length));
}

/**
 * Text without half characters. A text field can hold one after a careless cut; the hub refuses
 * such a line as a whole, so it is mended here (U+FFFD), visibly for the writer.
 */
export const wellFormed = (text) => text.toWellFormed();

/** One frame as one line. */
export const encodeFrame = (frame) => JSON.stringify(frame, (_, value) => (
  typeof value === 'string' ? wellFormed(value) : value));

/** Joins lines into as few frames as the limits allow, in order. */
export function packLines(lines) {
  const packed = [];
  let current = [];
  let bytes = 0;
  for (const line of lines) {
    const size = byteCount(line) + 1;
    const isFull = current.length === MAXIMUM_LINES || bytes + size > MAXIMUM_FRAME_BYTES;
    if (current.length && isFull) {
      packed.push(current.join('\n'));
      current = [];
      bytes = 0;
    }
    current.push(line);
    bytes += size;
  }
  if (current.length) packed.push(current.join('\n'));
  return packed;
}

/**
 * What the pages lean on in frames of the hub, as the type of a member; further members are
 * welcome, further types of frames are passed over.
 */
export const LEANED_ON = {
  ok: { id: 'number' },
  error: { code: 'string' },
  message: { session: 'string', seq: 'number', at: 'number', from: 'object' },
  read: { session: 'string', seq: 'number' },
  'session.state': { session: 'string', state: 'string' },
  'queue.choice': { session: 'string', choices: 'object' },
};

/**
 * The frames in one text message, each alone: a line that is no frame is left out and handed to
 * `onBadLine(line)`, the others still count.
 */
export function decodeLines(data, onBadLine = () => {}) {
  if (typeof data !== 'string') {
    onBadLine(data);
    return [];
  }
  const frames = [];
  for (const line of data.split('\n')) {
    if (line.trim() === '') continue;
    const frame = parseLine(line);
    if (frame && isServerFrame(frame)) frames.push(frame);
    else onBadLine(line);
  }
  return frames;
}

function parseLine(line) {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const isServerFrame = (frame) => typeof frame === 'object' && frame !== null
  && typeof frame.type === 'string'
  && Object.entries(LEANED_ON[frame.type] ?? {})
    .every(([member, type]) => typeof frame[member] === type && frame[member] !== null);
