// The web codec against Protocol/vectors, which the hub's codec is tested with too.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';
import {
  MAXIMUM_FRAME_BYTES, byteCount, decodeLines, encodeFrame, packLines, wellFormed,
} from '../../Sources/Web/pages/chathub-codec.js';
import { clientFrameProblem } from './frames.mjs';

const folder = new URL('../../Protocol/vectors/', import.meta.url);
const load = (name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
const valid = readdirSync(new URL('valid/', folder)).filter((name) => name.endsWith('.json'));
const textOf = ({ line, base64 }) => line
  ?? new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(base64, 'base64'));

test('there are vectors of both sides', () => {
  for (const side of ['client.', 'hub.']) {
    assert.ok(valid.filter((name) => name.startsWith(side)).length >= 10, side);
  }
  for (const name of ['bytes', 'shape', 'members']) {
    assert.ok(load(`invalid/${name}.json`).vectors.length > 5, name);
  }
});

for (const file of valid.filter((name) => name.startsWith('client.'))) {
  test(`${file}: may be sent, and is written so that it reads the same`, () => {
    const { vectors } = load(`valid/${file}`);
    assert.ok(vectors.length > 0);
    for (const { name, line, expect } of vectors) {
      assert.equal(clientFrameProblem(JSON.parse(line)), null, name);
      const written = encodeFrame(expect);
      assert.ok(!written.includes('\n'), name);
      assert.deepEqual(JSON.parse(written), expect, name);
      assert.equal(clientFrameProblem(JSON.parse(written)), null, name);
    }
  });
}

for (const file of valid.filter((name) => name.startsWith('hub.'))) {
  test(`${file}: is understood`, () => {
    const { vectors } = load(`valid/${file}`);
    assert.ok(vectors.length > 0);
    for (const { name, line, expect } of vectors) {
      assert.deepEqual(decodeLines(line, (bad) => assert.fail(bad)), [expect], name);
    }
  });
}

// JSON.parse turns these into what they mean before anybody can see how they were written.
const UNSEEN = /1\.0|1e3|20 digits|2\^53|twice|\.0\b|exponent|64 bits|overflow/;

test('frames with wrong members are judged as the hub judges them', () => {
  let judged = 0;
  for (const { name, line, error } of load('invalid/members.json').vectors) {
    if (line === undefined || UNSEEN.test(name)) continue;
    const problem = clientFrameProblem(JSON.parse(line));
    assert.deepEqual(problem, { code: error.code, field: error.field ?? null }, `${name}: ${line}`);
    judged += 1;
  }
  assert.ok(judged > 40, `${judged} judged`);
});

test('what is no frame is left out and reported, and nothing is thrown', () => {
  for (const { name, line } of load('invalid/shape.json').vectors) {
    const parsed = (() => { try { return JSON.parse(line); } catch { return null; } })();
    if (parsed && typeof parsed === 'object' && !Array.isArray(parsed)) continue;
    const bad = [];
    assert.deepEqual(decodeLines(line, (one) => bad.push(one)), [], name);
    assert.equal(bad.length, 1, name);
  }
});

test('bytes that are no JSON are reported; what JSON.parse lets through is never written', () => {
  for (const vector of load('invalid/bytes.json').vectors) {
    let line;
    try { line = textOf(vector); } catch { continue; } // no UTF-8: the browser closes by itself
    if (line.includes('\n')) continue;
    let parsed;
    try { parsed = JSON.parse(line); } catch { parsed = undefined; }
    if (parsed === undefined) {
      const bad = [];
      assert.deepEqual(decodeLines(line, (one) => bad.push(one)), [], vector.name);
    } else {
      assert.ok(encodeFrame(parsed).isWellFormed(), vector.name);
    }
  }
});

test('half characters are mended, whole ones are left alone', () => {
  assert.equal(wellFormed('a\ud83db'), 'a\ufffdb');
  assert.equal(wellFormed('\ude00'), '\ufffd');
  for (const text of ['😀', '👩‍👩‍👧', 'e\u0301', '\u200b', '退款', '\u202e']) {
    assert.equal(wellFormed(text), text);
  }
  assert.equal(wellFormed('a\ud83db\ude00😀'), 'a\ufffdb\ufffd😀');
});

test('one bad line spoils no other', () => {
  const bad = [];
  const frames = decodeLines('{"type":"ping","now":1}\n\n{oops\n{"type":"message"}\n{"type":"new"}\n', (one) => bad.push(one));
  assert.deepEqual(frames.map((frame) => frame.type), ['ping', 'new']);
  assert.equal(bad.length, 2);
});

test('lines are packed in order within 64 lines and 64 KB', () => {
  const lines = Array.from({ length: 200 }, (_, index) => JSON.stringify({ index }));
  const packed = packLines(lines);
  assert.ok(packed.every((one) => one.split('\n').length <= 64));
  assert.deepEqual(packed.join('\n').split('\n'), lines);
  const big = packLines(Array.from({ length: 10 }, () => JSON.stringify('退'.repeat(5000))));
  assert.ok(big.length > 1 && big.every((one) => byteCount(one) <= MAXIMUM_FRAME_BYTES));
});
