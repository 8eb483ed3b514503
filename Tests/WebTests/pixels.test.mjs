// How many pixels a picture holds is read from its head, and nothing too large is ever decoded.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MOST_PIXELS, pixelsOf } from '../../Sources/Web/pages/chathub-pixels.js';

globalThis.CSSStyleSheet = class { replaceSync() {} };
const { small } = await import('../../Sources/Web/pages/chathub-files.js');

const letters = (text) => [...text].map((letter) => letter.charCodeAt(0));
const big = (value, bytes) => Array.from({ length: bytes }, (_, at) => Math.floor(value / 256 ** (bytes - 1 - at)) % 256);
const little = (value, bytes) => big(value, bytes).reverse();
const riff = (kind, ...body) => [...letters('RIFF'), 9, 9, 9, 9, ...letters('WEBP'), ...letters(kind), 9, 9, 9, 9, ...body];

const png = (w, h) => [0x89, ...letters('PNG\r\n\x1a\n'), 0, 0, 0, 13, ...letters('IHDR'), ...big(w, 4), ...big(h, 4), 8, 6];
/** With an EXIF segment, a fill byte and a table before its frame. */
const jpeg = (w, h, frame = 0xc2) => [0xff, 0xd8, 0xff, 0xe1, 0, 6, 1, 2, 3, 4, 0xff, 0xff, 0xc4, 0, 3, 0,
  0xff, frame, 0, 17, 8, ...big(h, 2), ...big(w, 2), 3];
const gif = (w, h, frame = [w, h]) => [...letters('GIF89a'), ...little(w, 2), ...little(h, 2), 0x80, 0, 0, 1, 2, 3, 4, 5, 6,
  0x21, 0xf9, 4, 0, 0, 0, 0, 0, 0x2c, 0, 0, 0, 0, ...little(frame[0], 2), ...little(frame[1], 2), 0];
const lossy = (w, h) => riff('VP8 ', 0, 0, 0, 0x9d, 1, 0x2a, ...little(w, 2), ...little(h, 2));
const lossless = (w, h) => riff('VP8L', 0x2f, ...little(w - 1 + (h - 1) * 16384, 4));
const extended = (w, h) => riff('VP8X', 0, 0, 0, 0, ...little(w - 1, 3), ...little(h - 1, 3));
const MAKERS = { png, jpeg, gif, lossy, lossless, extended };
const read = (bytes) => pixelsOf(Uint8Array.from(bytes));

test('the head of every kind of picture says how large it is', () => {
  for (const [kind, make] of Object.entries(MAKERS)) {
    for (const [w, h] of [[1, 1], [640, 479], [3, 16_000], [16_000, 9001]]) {
      assert.equal(read(make(w, h)), w * h, `${kind} ${w} x ${h}`);
    }
  }
  assert.equal(read(png(30_000, 30_000)), 900_000_000);
  assert.equal(read(extended(16_777_216, 9)), 16_777_216 * 9);
});

test('a frame of a GIF that is larger than its screen counts', () => {
  assert.equal(read(gif(10, 10, [60_000, 60_000])), 3_600_000_000);
});

test('a head that is cut off, or of another kind, says nothing', () => {
  for (const [kind, make] of Object.entries(MAKERS)) {
    const whole = make(640, 480);
    for (let length = 0; length < 16; length += 1) assert.equal(read(whole.slice(0, length)), null, kind);
    assert.equal(read(make(640, 480).map((byte) => byte ^ 1)), null, kind);
  }
  assert.equal(read(jpeg(640, 0)), null, 'the height comes after the pixels');
  assert.equal(read([0xff, 0xd8, 0xff, 0xda, 0, 2, 1, 2, 3]), null, 'pixels before a frame');
  assert.equal(read(letters('<svg width="9" height="9"/>')), null);
});

test('a part of a larger buffer is read where it lies', () => {
  const whole = Uint8Array.from([1, 2, 3, ...png(7, 9)]);
  assert.equal(pixelsOf(whole.subarray(3)), 63);
});

test('what is too large, or unreadable, is not decoded', async () => {
  const decoded = [];
  globalThis.createImageBitmap = async (blob) => {
    decoded.push(blob.size);
    return { width: 9, height: 9 };
  };
  const blob = (bytes) => new Blob([Uint8Array.from(bytes)]);
  for (const [kind, make] of Object.entries(MAKERS)) {
    assert.equal(await small(blob(make(16_000, 16_000))), null, kind);
    assert.equal(await small(blob(make(16_000, 16_000).slice(0, 9))), null, kind);
  }
  assert.deepEqual(decoded, []);
  assert.ok(await small(blob(png(MOST_PIXELS / 4000, 4000))));
  assert.equal(decoded.length, 1);
});
