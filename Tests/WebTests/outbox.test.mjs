// What a person sent is kept until the hub has it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Outbox, SafeStorage, newKey } from '../../Sources/Web/pages/chathub-outbox.js';
import { FakeStorage, SESSION, settled } from './fakes.mjs';

function make(storage = new FakeStorage(), now = () => 1000) {
  const sent = [];
  const outbox = new Outbox({
    storage: new SafeStorage(() => storage),
    prefix: 'out:',
    now,
    send: (entry) => new Promise((resolve, reject) => sent.push({ entry, resolve, reject })),
  });
  return { outbox, sent, storage };
}
const texts = (outbox) => outbox.entries(SESSION).map((entry) => entry.text);

test('keys are 128 random bits within 64 bytes', () => {
  const keys = new Set(Array.from({ length: 1000 }, () => newKey()));
  assert.equal(keys.size, 1000);
  for (const key of keys) assert.match(key, /^k-[0-9a-f]{32}$/);
});

test('one message a session is on its way, in the order they were written', async () => {
  const { outbox, sent } = make();
  for (const text of ['a', 'b', 'c']) outbox.add(SESSION, text);
  assert.deepEqual(sent.map((one) => one.entry.text), ['a']);
  sent[0].resolve({ seq: 1, at: 1 });
  await settled();
  assert.deepEqual(sent.map((one) => one.entry.text), ['a', 'b']);
  assert.deepEqual(texts(outbox), ['b', 'c']);
});

test('a reload finds the entries with their keys and sends them again', async () => {
  const first = make();
  const entry = first.outbox.add(SESSION, '退款 😢');
  first.outbox.add(SESSION, 'second');
  const second = make(first.storage);
  second.outbox.flush();
  assert.equal(second.sent[0].entry.key, entry.key);
  assert.equal(second.sent[0].entry.text, '退款 😢');
  second.sent[0].resolve({ seq: 1, at: 1 });
  await settled();
  assert.equal(second.sent[1].entry.text, 'second');
  assert.equal(first.storage.items.size, 1);
});

test('what the hub refuses stays visible, can be tried again or thrown away', async () => {
  const { outbox, sent, storage } = make();
  const { key } = outbox.add(SESSION, 'late');
  sent[0].reject(Object.assign(new Error('closed'), { code: 'session_closed' }));
  await settled();
  assert.deepEqual(outbox.entries(SESSION).map((one) => [one.state, one.code]), [['failed', 'session_closed']]);
  outbox.retry(key);
  assert.equal(sent.length, 2);
  outbox.settle(key);
  assert.equal(storage.items.size, 0);
});

test('a connection that is given up does not make a message fail', async () => {
  const { outbox, sent } = make();
  outbox.add(SESSION, 'kept');
  sent[0].reject(Object.assign(new Error('stopped'), { code: 'stopped' }));
  await settled();
  assert.equal(outbox.entries(SESSION)[0].state, 'waiting');
});

test('a storage that throws is replaced by memory', () => {
  const blocked = new SafeStorage(() => { throw new Error('blocked'); });
  blocked.set('a', '1');
  assert.equal(blocked.get('a'), '1');
  assert.deepEqual(blocked.names('a'), ['a']);
  const full = new FakeStorage();
  full.setItem = () => { throw new Error('full'); };
  const kept = new SafeStorage(() => full);
  kept.setJSON('b', { c: 1 });
  assert.deepEqual(kept.getJSON('b'), { c: 1 });
  full.items.set('broken', '{');
  assert.equal(kept.getJSON('broken'), null);
});
