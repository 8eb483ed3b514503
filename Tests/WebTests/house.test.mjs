// Rules every page keeps: nothing parses markup, both languages say everything, each loads its own.
// What the widget weighs is measured in a real browser (Tests/Browser/test_weight.py).
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';
import { BOARD } from '../../Sources/Web/pages/chathub-board-strings.js';
import { CUSTOMERS } from '../../Sources/Web/pages/chathub-customers-strings.js';
import { CONSOLE } from '../../Sources/Web/pages/chathub-console-strings.js';
import { COMMON } from '../../Sources/Web/pages/chathub-strings.js';
import { WORDS } from '../../Sources/Web/pages/demo-strings.js';

const folder = new URL('../../Sources/Web/pages/', import.meta.url);
const read = (name) => readFileSync(new URL(name, folder), 'utf8');
const files = readdirSync(folder);

/** A file and everything it imports, at once or later. */
function closure(name, seen = new Set()) {
  if (seen.has(name)) return seen;
  seen.add(name);
  const imports = /(?:from\s+'\.\/|import\s+'\.\/|import\('\.\/|new URL\(')([\w-]+\.js)'/g;
  for (const [, next] of read(name).matchAll(imports)) closure(next, seen);
  return seen;
}

const keysOf = (value) => (typeof value === 'string' ? '' : Object.keys(value).sort()
  .map((key) => `${key}:${keysOf(value[key])}`).join(','));

// Node has no style sheets; the parts make theirs when they are loaded.
globalThis.CSSStyleSheet = class { replaceSync() {} };
/** The words of the parts that the widget loads when they are needed. */
const PARTS = (await Promise.all(['choices', 'drop', 'ending', 'files', 'prechat', 'robot-help', 'survey']
  .map((name) => import(`../../Sources/Web/pages/chathub-${name}.js`)))).map((part) => part.WORDS);

test('both languages say the same things', () => {
  for (const table of [COMMON, CONSOLE, BOARD, CUSTOMERS, WORDS, ...PARTS]) {
    assert.equal(keysOf(table.en), keysOf(table['zh-CN']));
  }
});

test('both languages fill in the same values', () => {
  const holes = (words) => (words.match(/\{\w+\}/g) ?? []).sort().join();
  for (const table of [COMMON, CONSOLE, BOARD, CUSTOMERS, ...PARTS]) {
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

test('what the demo shop asks about are topics of its site', () => {
  const site = readFileSync(new URL('../../Config/sites/demo.yaml', import.meta.url), 'utf8');
  const listed = site.slice(site.indexOf('\n  topics:'), site.indexOf('\n  prechat:'));
  const known = new Set([...listed.matchAll(/\{ id: ([\w-]+)/g)].map(([, id]) => id));
  const asked = [...read('demo.js').matchAll(/ask\('([^']+)'\)/g)].map(([, topic]) => topic);
  for (const { orders } of Object.values(WORDS)) asked.push(...orders.map((order) => order.at(-1)));
  assert.ok(known.size > 1 && asked.length > 1);
  assert.deepEqual(asked.filter((topic) => !known.has(topic)), []);
});

test('every page is put into the binary', () => {
  const list = readFileSync(
    new URL('../../Sources/HubServer/Http/EmbeddedPages.swift', import.meta.url), 'utf8');
  const named = [...list.matchAll(/^ +"([\w.-]+)": PackageResources/gm)].map(([, name]) => name);
  assert.deepEqual(named.sort(), [...files].sort());
});

test('files stay within 400 lines and 100 columns', () => {
  for (const name of files.filter((one) => /\.(js|css)$/.test(one))) {
    const lines = read(name).split('\n');
    assert.ok(lines.length <= 401, `${name}: ${lines.length} lines`);
    const long = lines.findIndex((line) => [...line].length > 100);
    assert.equal(long, -1, `${name}:${long + 1}`);
  }
});

test('customers do not load what only agents need', () => {
  assert.deepEqual([...closure('widget.js')].filter((name) => /console|agent|demo|board|customers/.test(name)), []);
});
