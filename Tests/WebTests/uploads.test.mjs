// Files on their way: one after the other, each uploaded once, and every refusal in words.
import assert from 'node:assert/strict';
import test from 'node:test';
import { CustomerClient } from '../../Sources/Web/pages/chathub-customer.js';
import { CODES } from '../../Sources/Web/pages/chathub-codes.js';
import { HubError } from '../../Sources/Web/pages/chathub-connection.js';
import { SafeStorage } from '../../Sources/Web/pages/chathub-outbox.js';
import { Uploads, shortName } from '../../Sources/Web/pages/chathub-uploads.js';
import { FakeEnvironment, FakeStorage, SESSION, settled } from './fakes.mjs';
import { clientFrameProblem } from './frames.mjs';

const FILE = 'f_028t5cw4tqkffg4hmasr9nf6yz';
const picture = (more = {}) => ({ name: 'cup.png', type: 'image/png', size: 9, ...more });
const refused = (code) => new HubError(code);

/** `answers`: by type of frame, what the hub says: a value, an error, or a function of the frame. */
function make(answers = {}, more = {}) {
  const frames = [];
  const puts = [];
  const delivered = [];
  const uploads = new Uploads({
    request: async (frame) => {
      assert.equal(clientFrameProblem({ ...frame, id: 1 }), null, JSON.stringify(frame));
      frames.push(frame);
      const answer = { 'file.offer': { file: FILE, upload: `/v1/files/${FILE}?t=a` }, ...answers }[frame.type];
      const value = typeof answer === 'function' ? answer(frame) : answer;
      if (value instanceof Error) throw value;
      return value;
    },
    put: (url, content, { signal, onShare }) => new Promise((resolve, reject) => {
      puts.push({ url: String(url), content, onShare, resolve, reject });
      signal.addEventListener('abort', () => reject(refused('network')));
    }),
    hub: 'https://hub.example/v1/ws',
    terms: () => ({ max_bytes: 100, types: ['image/png'] }),
    deliver: (entry) => delivered.push(entry),
    changed() {},
    pause: async () => {},
    ...more,
  });
  const entry = () => uploads.entries(SESSION)[0];
  return { uploads, frames, puts, delivered, entry };
}

test('a file is offered, uploaded to where the hub says, and handed on with its number', async () => {
  const { uploads, frames, puts, delivered, entry } = make();
  uploads.add(SESSION, picture());
  await settled();
  assert.deepEqual(
    { ...frames[0], key: 'k' },
    { type: 'file.offer', session: SESSION, key: 'k', name: 'cup.png', bytes: 9, media_type: 'image/png' });
  assert.equal(puts[0].url, `https://hub.example/v1/files/${FILE}?t=a`);
  let share = 0;
  entry().onShare = (value) => { share = value; };
  puts[0].onShare(0.5);
  assert.equal(share, 0.5);
  puts[0].resolve({ file: FILE, type: 'image/png', bytes: 9 });
  await settled();
  assert.deepEqual(delivered.map(({ key, file }) => [key, file.id, file.type]), [[frames[0].key, FILE, 'image/png']]);
  assert.equal(entry(), undefined);
});

test('what the content shows counts, not what the browser took it for', async () => {
  const { uploads, puts, delivered } = make();
  uploads.add(SESSION, picture({ name: 'page.html', type: 'text/html' }));
  await settled();
  puts[0].resolve({ type: 'text/plain' });
  await settled();
  assert.equal(delivered[0].file.type, 'text/plain');
});

test('files go one after the other, in the order they were chosen', async () => {
  const { uploads, puts, delivered } = make();
  for (const name of ['a', 'b', 'c']) uploads.add(SESSION, picture({ name }));
  for (let number = 0; number < 3; number += 1) {
    await settled();
    assert.equal(puts.length, number + 1);
    puts[number].resolve({ type: 'image/png' });
  }
  await settled();
  assert.deepEqual(delivered.map((one) => one.file.name), ['a', 'b', 'c']);
});

test('a lost answer to a whole upload is not uploaded a second time', async () => {
  // The browser went by the name; the hub looked.
  const { uploads, frames, puts, delivered } = make({ 'file.link': { url: '/x' } }, {
    look: async (url) => (url.href === 'https://hub.example/x' ? 'application/pdf' : null),
  });
  uploads.add(SESSION, picture());
  await settled();
  puts[0].onShare(1);
  puts[0].reject(refused('network'));
  await settled();
  // The line fails too; with the next one all goes on by itself.
  uploads.resume();
  await settled();
  assert.equal(puts.length, 1);
  assert.deepEqual(frames.map((one) => one.type), ['file.offer', 'file.offer', 'file.link']);
  assert.equal(frames[0].key, frames[1].key);
  assert.deepEqual(delivered.map(({ file }) => file.type), ['application/pdf']);
});

test('what the hub did not get is uploaded again, under the same key', async () => {
  const { uploads, frames, puts, delivered } = make({ 'file.link': refused('no_file') });
  uploads.add(SESSION, picture());
  await settled();
  puts[0].onShare(1);
  puts[0].reject(refused('network'));
  await settled();
  uploads.resume();
  await settled();
  assert.equal(puts.length, 2);
  assert.equal(new Set(frames.filter((one) => one.key).map((one) => one.key)).size, 1);
  puts[1].resolve({ type: 'image/png' });
  await settled();
  assert.equal(delivered.length, 1);
});

test('an upload that was cut in the middle begins anew when the person says so', async () => {
  const { uploads, puts, entry, frames } = make();
  uploads.add(SESSION, picture());
  await settled();
  puts[0].onShare(0.4);
  puts[0].reject(refused('network'));
  await settled();
  assert.deepEqual([entry().state, entry().code, entry().share], ['failed', 'network', 0]);
  uploads.retry(entry().key);
  await settled();
  assert.deepEqual([puts.length, frames.length, entry().state], [2, 2, 'waiting']);
});

test('a hub that is busy, or an address that grew old, is asked again a few times', async () => {
  const { uploads, puts, entry } = make();
  uploads.add(SESSION, picture());
  for (let tries = 0; tries < 5; tries += 1) {
    await settled();
    puts[tries].reject(refused(tries % 2 ? 'bad_link' : 'unavailable'));
  }
  await settled();
  assert.deepEqual([puts.length, entry().code], [5, 'unavailable']);
});

test('too large and empty files are refused without asking, others by the hub', async () => {
  const local = make();
  local.uploads.add(SESSION, picture({ size: 101 }));
  local.uploads.add(SESSION, picture({ size: 0 }));
  await settled();
  assert.deepEqual(local.uploads.entries(SESSION).map((one) => one.code), ['file_too_big', 'file_empty']);
  assert.equal(local.frames.length, 0);
  for (const code of ['file_type', 'too_many_files', 'session_closed', 'forbidden']) {
    const { uploads, entry } = make({ 'file.offer': refused(code) });
    uploads.add(SESSION, picture());
    await settled();
    assert.equal(entry().code, code);
  }
});

test('a failure that nobody thought of ends in words, too', async () => {
  const { uploads, puts, entry } = make({}, {
    request: async () => { throw new TypeError('nobody thought of this'); },
  });
  const complain = console.error;
  const complaints = [];
  console.error = (...words) => complaints.push(words);
  try {
    uploads.add(SESSION, picture());
    await settled();
  } finally {
    console.error = complain;
  }
  assert.deepEqual([entry().state, entry().code, puts.length], ['failed', 'internal', 0]);
  assert.match(String(complaints[0][1]), /nobody thought of this/);
  uploads.retry(entry().key);
  assert.equal(entry().state, 'waiting', 'it can be tried again');
});

test('a page with files on their way asks before it goes', async () => {
  const window = new EventTarget();
  const mayGo = () => window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
  const { uploads, puts, entry } = make({}, { window });
  assert.ok(mayGo());
  uploads.add(SESSION, picture());
  await settled();
  assert.ok(!mayGo(), 'on its way');
  puts[0].reject(refused('network'));
  await settled();
  assert.ok(!mayGo(), 'it goes on by itself when the network is back');
  uploads.resume();
  await settled();
  puts[1].resolve({ type: 'image/png' });
  await settled();
  assert.ok(mayGo(), 'it is there');
  uploads.add(SESSION, picture({ size: 101 }));
  assert.deepEqual([entry().state, mayGo()], ['failed', true], 'it will not go by itself');
});

test('one that failed does not hold up the next', async () => {
  const { uploads, puts, entry } = make();
  uploads.add(SESSION, picture({ name: 'bad' }));
  uploads.add(SESSION, picture({ name: 'good' }));
  await settled();
  puts[0].reject(refused('file_type'));
  await settled();
  puts[1].resolve({ type: 'image/png' });
  await settled();
  assert.equal(entry().file.name, 'bad');
});

test('one that is given up on its way is not sent', async () => {
  const { uploads, puts, delivered, entry } = make();
  uploads.add(SESSION, picture());
  await settled();
  uploads.cancel(entry().key);
  puts[0].resolve({ type: 'image/png' });
  await settled();
  assert.deepEqual([delivered.length, entry()], [0, undefined]);
});

test('every refusal of a file has words in both languages', () => {
  for (const code of ['file_too_big', 'file_type', 'too_many_files', 'no_file', 'file_empty', 'network',
    'bad_length', 'unavailable', 'session_closed', 'forbidden', 'origin_refused']) {
    for (const words of Object.values(CODES)) assert.ok(words[`code.${code}`], code);
  }
});

test('long names keep their ending and stay within the hub\'s bytes', () => {
  const bytes = (text) => new TextEncoder().encode(text).length;
  assert.equal(shortName('cup.png'), 'cup.png');
  assert.equal(shortName(''), 'file');
  const long = shortName(`${'名'.repeat(200)}.png`);
  assert.ok(long.endsWith('名.png') && bytes(long) <= 255 && bytes(long) > 250);
  assert.ok(bytes(shortName(`.${'x'.repeat(300)}`)) <= 255);
});

test('a message with a file survives a reload and is sent once, without its content', async () => {
  const storage = new FakeStorage();
  const come = async () => {
    const environment = new FakeEnvironment();
    const client = new CustomerClient({
      url: 'wss://hub.example/v1/ws', site: 'demo', prefix: 'p:', environment,
      storage: new SafeStorage(() => storage),
    });
    client.open();
    await environment.welcome({
      site: { files: { max_bytes: 100, types: ['image/png'] } },
      sessions: [{ session: SESSION, state: 'active', last_seq: 0, epoch: '1', recovered: false, after: 0, messages: [], more: false }],
    });
    return { client, socket: environment.socket };
  };
  const put = globalThis.XMLHttpRequest;
  let uploaded = 0;
  globalThis.XMLHttpRequest = class {
    upload = {};
    open(method) { assert.equal(method, 'PUT'); }
    send() {
      uploaded += 1;
      Object.assign(this, { status: 201, responseText: '{"type":"image/png"}' });
      this.onload();
    }
  };
  try {
    const first = await come();
    await first.client.sendFiles(first.client.conversations.get(SESSION), [picture()]);
    await settled();
    const offer = first.socket.last('file.offer');
    await first.socket.say({ type: 'ok', id: offer.id, file: FILE, upload: `/v1/files/${FILE}?t=a`, expires_ms: 1000 });
    const said = first.socket.last('message.send');
    assert.deepEqual([said.file, said.text], [FILE, undefined]);
    const second = await come();
    const again = second.socket.last('message.send');
    assert.deepEqual([again.file, again.key, second.socket.of('file.offer').length], [FILE, said.key, 0]);
    await second.socket.say({ type: 'ok', id: again.id, session: SESSION, seq: 1, at: 1 });
    const [own] = second.client.conversations.get(SESSION).log.messages;
    assert.deepEqual([own.file.id, own.file.name, own.seq, own.kind], [FILE, 'cup.png', 1, 'image']);
    assert.equal(uploaded, 1);
    assert.equal(second.client.pending(second.client.conversations.get(SESSION)).length, 0);
  } finally {
    globalThis.XMLHttpRequest = put;
  }
});
