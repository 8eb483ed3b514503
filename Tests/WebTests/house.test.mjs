// Rules every page keeps: nothing parses markup, both languages say everything, the widget is light.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';
import { CONSOLE } from '../../Sources/Web/pages/chathub-console-strings.js';
import { COMMON, WIDGET } from '../../Sources/Web/pages/chathub-strings.js';
import { WORDS } from '../../Sources/Web/pages/demo-strings.js';

const folder = new URL('../../Sources/Web/pages/', import.meta.url);
const read = (name) => readFileSync(new URL(name, folder), 'utf8');
const files = readdirSync(folder);
/** What the code itself weighs, without comments and indentation. The goal is 60,000. */
const WIDGET_BYTES = 103_000;

/** A file and everything it imports, at once or later. */
function closure(name, seen = new Set()) {
  if (seen.has(name)) return seen;
  seen.add(name);
  const imports = /(?:from\s+'\.\/|import\s+'\.\/|new URL\(')([\w-]+\.js)'/g;
  for (const [, next] of read(name).matchAll(imports)) closure(next, seen);
  return seen;
}

const keysOf = (value) => (typeof value === 'string' ? '' : Object.keys(value).sort()
  .map((key) => `${key}:${keysOf(value[key])}`).join(','));

test('both languages say the same things', () => {
  for (const table of [COMMON, WIDGET, CONSOLE, WORDS]) {
    assert.equal(keysOf(table.en), keysOf(table['zh-CN']));
  }
});

test('both languages fill in the same values', () => {
  const holes = (words) => (words.match(/\{\w+\}/g) ?? []).sort().join();
  for (const table of [COMMON, WIDGET, CONSOLE]) {
    for (const [key, words] of Object.entries(table.en)) {
      if (key.endsWith('.one')) continue;
      assert.equal(holes(words), holes(table['zh-CN'][key]), key);
    }
  }
});

const BANNED = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc|setHTMLUnsafe|setAttribute\('(?:style|on)|javascript:|createContextualFragment|DOMParser/;

test('nothing in the pages turns text into markup or code', () => {
  for (const name of files.filter((one) => one.endsWith('.js'))) {
    assert.doesNotMatch(read(name), BANNED, name);
  }
  assert.match("node.innerHTML = '<b>'", BANNED, 'the rule sees what it bans');
});

test('pages have no inline scripts or styles, so the strict policy fits them', () => {
  for (const name of files.filter((one) => one.endsWith('.html'))) {
    assert.doesNotMatch(read(name), /<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/i, name);
  }
});

test('every file a page names is there, and names stay in one flat folder', () => {
  for (const name of files.filter((one) => /\.(js|html)$/.test(one))) {
    for (const [, path] of read(name).matchAll(/(?:src|href)(?:="|: ')\/([\w.-]+\.\w+)["']/g)) {
      assert.ok(files.includes(path), `${name} names ${path}`);
    }
    for (const next of closure(name.endsWith('.js') ? name : 'widget.js')) assert.ok(files.includes(next));
  }
});

test('files stay within 400 lines and 100 columns', () => {
  for (const name of files.filter((one) => /\.(js|css)$/.test(one))) {
    const lines = read(name).split('\n');
    assert.ok(lines.length <= 401, `${name}: ${lines.length} lines`);
    const long = lines.findIndex((line) => [...line].length > 100);
    assert.equal(long, -1, `${name}:${long + 1}`);
  }
});

const code = (text) => text.replace(/^\s*\/\*\*[^]*?\*\/\n/gm, '').replace(/^\s*\/\/.*\n/gm, '')
  .replace(/^\s+/gm, '');

test(`the widget's code weighs less than ${WIDGET_BYTES} bytes`, () => {
  const files = [...closure('widget.js')];
  const weights = files.map((name) => [name, Buffer.byteLength(code(read(name)))]);
  const total = weights.reduce((sum, [, bytes]) => sum + bytes, 0);
  assert.ok(files.length > 5 && total < WIDGET_BYTES, `${total}: ${weights.join(' ')}`);
});

test('customers do not load what only agents need', () => {
  assert.deepEqual([...closure('widget.js')].filter((name) => /console|agent|demo/.test(name)), []);
});
