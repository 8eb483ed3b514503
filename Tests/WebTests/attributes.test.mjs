// Attributes as people write them: what was a number stays one, and nothing else becomes one.
import assert from 'node:assert/strict';
import test from 'node:test';
import { textOf, valueOf } from '../../Sources/Web/pages/chathub-attributes.js';
import { topicOf } from '../../Sources/Web/pages/chathub-console-wrap.js';
import { Language } from '../../Sources/Web/pages/chathub-language.js';

test('what nobody changed is what it was', () => {
  for (const value of ['gold', '007', 8, 1.5, true, false, ['loud', 3, true], []]) {
    assert.deepEqual(valueOf(textOf(value), value), value);
  }
});

test('the kind of an attribute stays when its value changes', () => {
  assert.equal(valueOf('9', 8), 9);
  assert.equal(valueOf('many', 8), 'many');
  assert.equal(valueOf('false', true), false);
  assert.equal(valueOf('42', 'forty'), '42');
  assert.equal(valueOf('true', 'yes'), 'true');
  assert.deepEqual(valueOf('loud | 3 | 3.5|new, and with a comma', ['loud', '3']),
    ['loud', '3', 3.5, 'new, and with a comma']);
  assert.deepEqual(valueOf(' | ', ['loud']), []);
});

test('an item with the sign between items stays one item', () => {
  const list = ['a|b', ' c ', '', 'back\\slash', '|'];
  assert.equal(valueOf(textOf(list), list), list, 'nobody changed it');
  assert.equal(textOf(['a|b', 'c']), 'a\\|b | c');
  assert.deepEqual(valueOf(`${textOf(['a|b', 'c\\', 7])} | new`, ['a|b', 'c\\', 7]), ['a|b', 'c\\', 7, 'new']);
  assert.deepEqual(valueOf('a\\|b', ['a|b', 'c']), ['a|b']);
});

test('what is new is read as the hub reads a file', () => {
  const written = ['8', '-1.5', 'true', '007', '+86', '1e5', '0x10', 'Infinity', ' ', '上海'];
  const read = [8, -1.5, true, '007', '+86', '1e5', '0x10', 'Infinity', ' ', '上海'];
  assert.deepEqual(written.map((text) => valueOf(text, undefined)), read);
});

test('a wrap-up begins with what the customer chose, in words', () => {
  const site = {
    topics: [{ id: 'refund', name: { zh: '退款', en: 'Refunds' } }, { id: 'order', name: { en: 'Orders' } }],
    dispositions: { topics: ['投诉', '退款 Refund'], results: [] },
  };
  const english = new Language('en', { en: {} });
  const client = { site };
  assert.equal(topicOf({ topic: 'refund' }, client, english), '退款 Refund');
  assert.equal(topicOf({ topic: 'order' }, client, english), '', 'the site’s list has none for it');
  const unlisted = { site: { ...client.site, dispositions: { topics: [], results: [] } } };
  assert.equal(topicOf({ topic: 'order' }, unlisted, english), 'Orders', 'where there is no list');
  assert.equal(topicOf({ topic: 'x-17' }, client, english), '', 'an identifier says nothing');
  assert.equal(topicOf({ topic: null }, client, english), '');
  const { dispositions } = site;
  assert.equal(topicOf({ topic: 'refund' }, { site: { dispositions } }, english), '退款 Refund');
});
