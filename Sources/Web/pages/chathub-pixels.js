// How many pixels a picture holds, read from its head before anything decodes it: a file of some
// kilobytes can be gigabytes once it is decoded. PNG, JPEG, GIF and WebP; pure. Used by
// chathub-files.js.

/** What is drawn: 160 MB decoded. Beyond that a picture is shown as a card. */
export const MOST_PIXELS = 40_000_000;

/** `bytes`: the whole file. Null when its head cannot be read. */
export function pixelsOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const sides = READERS.find(([sign]) => sign(view))?.[1](view) ?? [0, 0];
    return sides[0] * sides[1] || null;
  } catch (error) {
    // It ends within its head.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const text = (view, at, length) => String.fromCharCode(
  ...new Uint8Array(view.buffer, view.byteOffset + at, length));

const begins = (signature, at = 0) => (view) => view.byteLength >= at + signature.length
  && text(view, at, signature.length) === signature;

function png(view) {
  return text(view, 12, 4) === 'IHDR' ? [view.getUint32(16), view.getUint32(20)] : null;
}

/** The screen, or the first frame where that is larger: browsers enlarge the screen to hold it. */
function gif(view) {
  const table = (flags) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  let at = 13 + table(view.getUint8(10));
  // Extensions: a kind, then blocks up to an empty one.
  while (view.getUint8(at) === 0x21) {
    at += 2;
    while (view.getUint8(at) !== 0) at += 1 + view.getUint8(at);
    at += 1;
  }
  if (view.getUint8(at) !== 0x2c) return null;
  const side = (screen, place, length) => Math.max(view.getUint16(screen, true),
    view.getUint16(at + place, true) + view.getUint16(at + length, true));
  return [side(6, 1, 5), side(8, 3, 7)];
}

function webp(view) {
  const three = (at) => view.getUint16(at, true) + 65_536 * view.getUint8(at + 2);
  switch (text(view, 12, 4)) {
    case 'VP8X': return [three(24) + 1, three(27) + 1];
    case 'VP8L': return [0, 14].map((by) => ((view.getUint32(21, true) >>> by) & 0x3fff) + 1);
    case 'VP8 ': return [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff];
    default: return null;
  }
}

/** Segment by segment to the one that begins the frame. */
function jpeg(view) {
  let at = 2;
  for (;;) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
    } else {
      const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
      if (isFrame) return [view.getUint16(at + 7), view.getUint16(at + 5)];
      // The scan, or the end, before any frame; or a marker that has no business here.
      if (marker === 0xda || marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd9)) return null;
      at += 2 + view.getUint16(at + 2);
    }
  }
}

const READERS = [
  [begins('\x89PNG\r\n\x1a\n'), png], [begins('\xff\xd8'), jpeg],
  [(view) => begins('GIF87a')(view) || begins('GIF89a')(view), gif],
  [(view) => begins('RIFF')(view) && begins('WEBP', 8)(view), webp],
];
