// How a connection holds, and how it comes back.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import {
  Connection, HubError, backOffMilliseconds, mayReconnect, watchNetwork,
} from '../../Sources/Web/pages/chathub-connection.js';
import { FakeEnvironment, SESSION, settled } from './fakes.mjs';

const codes = JSON.parse(readFileSync(new URL('../../Protocol/codes.json', import.meta.url), 'utf8'));

function connect(more = {}) {
  const environment = new FakeEnvironment();
  const states = [];
  const frames = [];
  const connection = new Connection({
    url: 'wss://hub.example/v1/ws',
    hello: () => ({ type: 'hello', role: 'customer', site: 'demo' }),
    onState: (state) => states.push(state.name),
    onFrame: (frame) => frames.push(frame),
    ...more,
  }, environment);
  connection.start();
  return { connection, environment, states, frames };
}

const send = { type: 'message.send', session: SESSION, key: 'k-1', text: 'hi' };

test('the back-off is full jitter under a ceiling from 0.5 s to 20 s', () => {
  const ceilings = [0, 1, 2, 3, 4, 5, 6, 50].map((attempt) => backOffMilliseconds(attempt, () => 1));
  assert.deepEqual(ceilings, [500, 1000, 2000, 4000, 8000, 16000, 20000, 20000]);
  assert.equal(backOffMilliseconds(6, () => 0), 0);
});

test('close codes mean what Protocol/codes.json says', () => {
  const closes = Object.values(codes.closes ?? codes.close);
  assert.ok(closes.length > 5);
  for (const close of closes) assert.equal(mayReconnect(close.code), close.reconnect, close.name);
  for (const code of [1000, 1001, 1006, 1012]) assert.ok(mayReconnect(code));
});

test('hello goes first, and requests made early follow its answer', async () => {
  const { connection, environment } = connect();
  const answer = connection.request(send);
  await environment.socket.open();
  assert.deepEqual(environment.socket.lines.map((one) => one.type), ['hello']);
  assert.equal(environment.socket.protocol, 'chathub.v1');
  await environment.welcome();
  const { id } = environment.socket.last('message.send');
  await environment.socket.say({ type: 'ok', id, seq: 1, at: 5 });
  assert.equal((await answer).seq, 1);
});

test('a request without an answer is sent again on a new connection, with the same key', async () => {
  const { connection, environment } = connect();
  await environment.welcome();
  const answer = connection.request(send);
  await settled();
  await environment.clock.advance(10_000);
  assert.equal(environment.sockets.length, 2, 'the silent connection was replaced');
  await environment.welcome();
  const again = environment.socket.last('message.send');
  assert.equal(again.key, 'k-1');
  await environment.socket.say({ type: 'ok', id: again.id, seq: 4, at: 5 });
  assert.equal((await answer).seq, 4);
});

test('an answer to the old connection is not taken for one to the new', async () => {
  const { connection, environment } = connect();
  await environment.welcome();
  let done = false;
  connection.request(send).then(() => { done = true; });
  await settled();
  const old = environment.socket;
  const { id } = old.last('message.send');
  await old.end(1006);
  await environment.clock.advance(600);
  await environment.welcome();
  old.onmessage({ data: JSON.stringify({ type: 'ok', id, seq: 1, at: 1 }) });
  await settled();
  assert.equal(done, false);
});

test('a refusal that is worth another try is tried again after its time, others are told', async () => {
  const { connection, environment } = connect();
  await environment.welcome();
  const answer = connection.request(send);
  await settled();
  const first = environment.socket.last('message.send');
  await environment.socket.say({
    type: 'error', id: first.id, code: 'rate_limited', retryable: true, retry_after_ms: 700,
  });
  await environment.clock.advance(1100);
  assert.equal(environment.socket.of('message.send').length, 1);
  await environment.clock.advance(200);
  const second = environment.socket.last('message.send');
  assert.notEqual(second.id, first.id);
  await environment.socket.say({ type: 'error', id: second.id, code: 'session_closed' });
  await assert.rejects(answer, (error) => error instanceof HubError && error.code === 'session_closed');
});

test('silence for a heartbeat and ten seconds is a dead line; any frame is life', async () => {
  const { environment } = connect();
  await environment.welcome({ heartbeat_ms: 25_000 });
  await environment.clock.advance(30_000);
  await environment.socket.say({ type: 'ping', now: 1 });
  assert.equal(environment.socket.last('pong').type, 'pong');
  await environment.clock.advance(34_000);
  assert.equal(environment.sockets.length, 1);
  await environment.clock.advance(1_500);
  assert.equal(environment.sockets.length, 2);
});

test('4000 to 4499 come back, 4500 to 4999 stop', async () => {
  const back = connect();
  await back.environment.welcome();
  await back.environment.socket.end(4008);
  assert.equal(back.connection.state.name, 'waiting');
  await back.environment.clock.advance(500);
  assert.equal(back.environment.sockets.length, 2);
  const stopped = connect();
  await stopped.environment.welcome();
  const answer = stopped.connection.request(send);
  await stopped.environment.socket.end(4507);
  await assert.rejects(answer, { code: 'stopped' });
  await stopped.environment.clock.advance(60_000);
  assert.equal(stopped.environment.sockets.length, 1);
  assert.deepEqual(stopped.connection.state, { name: 'stopped', code: 4507 });
});

test('a refused hello stops, unless it is worth another try', async () => {
  const { connection, environment } = connect();
  await environment.socket.open();
  await environment.socket.say({ type: 'error', id: 1, code: 'unavailable', retryable: true });
  assert.equal(connection.state.name, 'waiting');
  await environment.clock.advance(500);
  await environment.socket.open();
  const { id } = environment.socket.last('hello');
  await environment.socket.say({ type: 'error', id, code: 'token_expired' });
  assert.deepEqual(connection.state, { name: 'stopped', code: 'token_expired' });
});

test('a drain asks for a new connection before the old one closes', async () => {
  const { environment } = connect();
  await environment.welcome();
  await environment.socket.say({ type: 'drain', reconnect_after_ms: 2000 });
  await environment.clock.advance(2000);
  assert.equal(environment.sockets.length, 2);
});

test('coming online or into sight tries at once, or proves that the line lives', async () => {
  const { connection, environment } = connect();
  const page = new EventTarget();
  page.document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const stop = watchNetwork(connection, page);
  await environment.socket.end(1006);
  await environment.socket.end(1006);
  page.dispatchEvent(new Event('online'));
  assert.equal(environment.sockets.length, 2);
  await environment.welcome();
  page.document.dispatchEvent(new Event('visibilitychange'));
  await settled();
  assert.ok(environment.socket.last('pong').id > 0, 'a probe that wants an answer');
  await environment.clock.advance(3000);
  assert.equal(environment.sockets.length, 3, 'a dead line is replaced after three seconds');
  stop();
});

test('a request nothing is heard after makes the line doubtful within three seconds', async () => {
  const { connection, environment } = connect();
  await environment.welcome();
  connection.request(send);
  await environment.clock.advance(1900);
  assert.ok(!connection.state.isSilent);
  await environment.clock.advance(200);
  assert.ok(connection.state.isSilent && connection.isReady);
  assert.ok(environment.socket.last('pong').id > 0, 'it is asked whether it lives');
  await environment.socket.say({ type: 'ok', id: environment.socket.last('pong').id });
  assert.ok(!connection.state.isSilent, 'any frame ends the doubt');
  await environment.clock.advance(4000);
  assert.equal(environment.sockets.length, 1);
});

test('a browser that goes offline doubts at once', async () => {
  const { connection, environment } = connect();
  const page = new EventTarget();
  page.document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const stop = watchNetwork(connection, page);
  await environment.welcome();
  page.dispatchEvent(new Event('offline'));
  assert.ok(connection.state.isSilent);
  await environment.clock.advance(3000);
  assert.equal(environment.sockets.length, 2);
  stop();
});

test('a hub that starts again is found within two seconds, one that stays away is not stormed', async () => {
  const { environment } = connect();
  await environment.welcome();
  await environment.socket.end(1006);
  const pauses = [];
  for (let round = 0; round < 16; round += 1) {
    const before = environment.clock.time;
    const opened = environment.sockets.length;
    while (environment.sockets.length === opened) await environment.clock.advance(50);
    pauses.push(environment.clock.time - before);
    await environment.socket.end(1006);
  }
  assert.ok(Math.max(...pauses.slice(0, 9)) <= 2100, `${pauses}`);
  assert.ok(pauses.at(-1) >= 20_000, `${pauses}`);
});

test('a server that drops everybody at once is not stormed', async () => {
  const { environment } = connect();
  environment.luck = 0.5;
  const pauses = [];
  for (let round = 0; round < 8; round += 1) {
    await environment.welcome();
    await environment.socket.end(1006);
    const before = environment.clock.time;
    const opened = environment.sockets.length;
    while (environment.sockets.length === opened) await environment.clock.advance(50);
    pauses.push(environment.clock.time - before);
  }
  assert.ok(pauses[7] > 9000, `pauses grow although each hello succeeds: ${pauses}`);
});
