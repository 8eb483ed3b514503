// A person's side of the hub over a fake socket: nothing lost, nothing doubled, nothing invented.
import assert from 'node:assert/strict';
import test from 'node:test';
import { AgentClient } from '../../Sources/Web/pages/chathub-agent.js';
import { CustomerClient } from '../../Sources/Web/pages/chathub-customer.js';
import { Leaving } from '../../Sources/Web/pages/chathub-leaving.js';
import { SafeStorage } from '../../Sources/Web/pages/chathub-outbox.js';
// Parts that are loaded when they are needed: there from the start, or they would come too late here.
import '../../Sources/Web/pages/chathub-pages.js';
import '../../Sources/Web/pages/chathub-recall.js';
import { FakeEnvironment, FakeStorage, SESSION, message, settled } from './fakes.mjs';

const OTHER = 's_114d2pf2dbsqqzxq5tk1v58cgg';

async function arrive(Kind, { storage = new FakeStorage(), welcome = {}, ...more } = {}) {
  const environment = new FakeEnvironment();
  const client = new Kind({
    url: 'wss://hub.example/v1/ws', site: 'demo', role: 'agent', prefix: 'p:', environment,
    storage: new SafeStorage(() => storage), ...more,
  });
  const changes = [];
  client.addEventListener('change', ({ detail }) => changes.push(detail));
  client.open();
  await environment.welcome(welcome);
  return { client, environment, storage, changes, hub: () => environment.socket };
}

const agentWelcome = {
  agent: {
    id: 'anna', status: 'online', capacity: 4, held: 0, groups: [{ id: 'pre-sales', name: '售前组' }],
  },
};
const snapshot = (more = {}) => ({
  session: SESSION, state: 'active', agent: { id: 'anna', name: 'Anna' }, last_seq: 0, epoch: '1',
  recovered: false, after: 0, messages: [], more: false, ...more,
});
const texts = (client, id = SESSION) => client.conversations.get(id).log.messages.map((m) => m.text);

async function started(more) {
  const all = await arrive(CustomerClient, more);
  all.client.startSession('我要退款', 'refund');
  await settled();
  const start = all.hub().last('session.start');
  await all.hub().say({ type: 'ok', id: start.id, session: SESSION, state: 'queued', last_seq: 1, epoch: '1', seq: 1, at: 1 });
  return { ...all, start, conversation: all.client.conversations.get(SESSION) };
}

test('a visitor is the same person next time', async () => {
  const { storage } = await arrive(CustomerClient);
  const { environment } = await arrive(CustomerClient, { storage });
  assert.equal(environment.socket.last('hello').secret, 'vs_1');
});

test('a secret the hub has forgotten makes a new visitor, once', async () => {
  const { storage } = await arrive(CustomerClient);
  const environment = new FakeEnvironment();
  const client = new CustomerClient({
    url: 'wss://h/v1/ws', site: 'demo', prefix: 'p:', environment, storage: new SafeStorage(() => storage),
  });
  client.open();
  await environment.socket.open();
  await environment.socket.say({ type: 'error', id: 1, code: 'unauthorized' });
  await environment.clock.advance(600);
  await environment.socket.open();
  const second = environment.socket.last('hello');
  assert.equal(second.secret, undefined);
  await environment.socket.say({ type: 'error', id: second.id, code: 'unauthorized' });
  assert.equal(client.connection.name, 'stopped');
});

test('the first words start the session and are shown at once', async () => {
  const { start, client, conversation } = await started();
  assert.equal(start.text, '我要退款');
  assert.match(start.key, /^k-/);
  assert.equal(client.starting, null);
  assert.deepEqual(texts(client), ['我要退款']);
  assert.equal(conversation.state, 'queued');
});

test('first words survive a reload and an answer that was lost', async () => {
  const first = await arrive(CustomerClient);
  first.client.startSession('hello?');
  await settled();
  const { key } = first.hub().last('session.start');
  const second = await arrive(CustomerClient, { storage: first.storage });
  const again = second.hub().last('session.start');
  assert.equal(again.key, key);
  await second.hub().say({ type: 'ok', id: again.id, session: SESSION, state: 'queued', existing: true, last_seq: 1, epoch: '1' });
  const sent = second.hub().last('message.send');
  assert.deepEqual([sent.key, sent.text], [key, 'hello?'], 'under the same key: one message, not two');
});

test('what a waiting customer chose stays asked until the hub has taken it', async () => {
  const { client, hub, conversation } = await started();
  const leaving = new Leaving(client);
  await hub().say({ type: 'queue.choice', session: SESSION, choices: ['wait', 'message'] });
  const choose = async (text) => {
    leaving.choose(conversation, 'message', text);
    await settled();
    return hub().last('queue.choose');
  };
  const first = await choose('too long');
  assert.deepEqual(conversation.choosing, { choice: 'message' }, 'on its way');
  assert.deepEqual(conversation.choices, ['wait', 'message'], 'the card with its words is there');
  assert.equal((await choose('again')).id, first.id, 'and not sent twice');
  await hub().say({ type: 'error', id: first.id, code: 'text_too_long' });
  assert.deepEqual(conversation.choosing, { choice: 'message', code: 'text_too_long' });
  assert.deepEqual(conversation.choices, ['wait', 'message']);
  await hub().say({ type: 'ok', id: (await choose('short')).id });
  assert.deepEqual([conversation.choosing, conversation.choices], [null, null]);
  await hub().say({ type: 'queue.choice', session: SESSION, choices: ['message'] });
  await hub().say({ type: 'error', id: (await choose('late')).id, code: 'no_choice' });
  assert.deepEqual([conversation.choosing, conversation.choices], [null, null], 'nothing to choose');
});

test('a message left without a line is sent once there is one, also after a reload', async () => {
  const first = await arrive(CustomerClient);
  new Leaving(first.client).leave({ text: 'call me', contact: '138', topic: 'refund' });
  await settled();
  const { key } = first.hub().last('message.leave');
  const second = await arrive(CustomerClient, { storage: first.storage });
  const leaving = new Leaving(second.client);
  await settled();
  const again = second.hub().last('message.leave');
  assert.deepEqual([again.key, again.text, again.contact], [key, 'call me', '138']);
  await second.hub().say({ type: 'ok', id: again.id });
  assert.equal(leaving.message, null);
  assert.ok(leaving.leftAt > 0);
  second.client.startSession('hello');
  assert.equal(leaving.leftAt, null, 'something new has begun');
});

test('a talk that ended is there after a reload, until another one begins', async () => {
  const { hub, storage } = await started();
  await hub().say({ type: 'session.state', session: SESSION, state: 'active', agent: { id: 'anna', name: 'Anna' }, epoch: '1' });
  await hub().say({ type: 'session.state', session: SESSION, state: 'closed', reason: 'agent', epoch: '1', last_seq: 1 });
  const again = await arrive(CustomerClient, { storage });
  const conversation = again.client.conversations.get(SESSION);
  assert.deepEqual([conversation.state, conversation.closeReason, conversation.agent.name], ['closed', 'agent', 'Anna']);
  assert.ok(Date.now() - conversation.closedAt < 5000);
  const { id, session } = again.hub().last('history');
  await again.hub().say({ type: 'ok', id, session, messages: [message(1)], last_seq: 1, more: false, epoch: '1' });
  assert.deepEqual(texts(again.client), ['message 1']);
  again.client.dismiss(conversation);
  const third = await arrive(CustomerClient, { storage });
  assert.equal(third.client.conversations.size, 0);
});

test('another person is shown nothing of the one before', async () => {
  const { client, environment, hub, storage } = await started();
  await hub().say({ type: 'session.state', session: SESSION, state: 'closed', reason: 'agent', epoch: '1', last_seq: 1 });
  client.become('a.token.b');
  await environment.welcome({ you: { id: 'u-1', role: 'customer' } });
  assert.equal(hub().last('hello').token, 'a.token.b');
  assert.equal(hub().last('hello').secret, undefined);
  assert.equal(client.conversations.size, 0);
  const again = await arrive(CustomerClient, { storage, welcome: { you: { id: 'u-1', role: 'customer' } } });
  assert.equal(again.client.conversations.size, 0);
});

test('what was answered before the chat goes along with its first words', async () => {
  const { client, hub } = await arrive(CustomerClient, { welcome: { site: { name: 'Shop', topics: [] } } });
  assert.equal(client.site.name, 'Shop');
  client.startSession('hello', 'refund', { phone: '138' });
  await settled();
  assert.deepEqual(hub().last('session.start').attributes, { phone: '138' });
});

test('the number in line never rises while one waits', async () => {
  const { hub, conversation } = await started();
  const position = (n) => hub().say({ type: 'queue.position', session: SESSION, position: n, wait_s: [0, 60] });
  await position(3);
  await position(2);
  await position(5);
  assert.equal(conversation.position, 2);
});

test('a wait nobody can tell is not the same as one not told', async () => {
  const { hub, conversation } = await started();
  const tell = (rest) => hub().say({ type: 'queue.position', session: SESSION, position: 2, ...rest });
  const seen = () => [conversation.waitSeconds, conversation.isNobodyThere];
  await tell({ wait_s: [0, 60] });
  assert.deepEqual(seen(), [[0, 60], false]);
  await tell({});
  assert.deepEqual(seen(), [[0, 60], false]);
  await tell({ wait_s: null });
  assert.deepEqual(seen(), [null, true]);
  await tell({ wait_s: [30, null] });
  assert.deepEqual(seen(), [[30, null], false]);
});

test('a message that was cut off is sent again with its key and shown once', async () => {
  const { client, environment, conversation, hub } = await started();
  client.send(conversation, 'are you there?');
  await settled();
  const { key } = hub().last('message.send');
  await hub().end(1006);
  await environment.clock.advance(600);
  await environment.socket.open();
  const hello = hub().last('hello');
  assert.deepEqual(hello.resume, [{ session: SESSION, after: 1, epoch: '1' }]);
  const own = { from: { role: 'customer', id: 'v_1' } };
  await hub().say({
    type: 'ok', id: hello.id, you: { id: 'v_1', role: 'customer' }, heartbeat_ms: 25000, now: Date.now(),
    sessions: [snapshot({
      recovered: true, after: 1, last_seq: 3, messages: [
        message(2, { ...own, key, text: 'are you there?' }), message(3, { text: 'yes' })],
    })],
  });
  assert.deepEqual(texts(client), ['我要退款', 'are you there?', 'yes']);
  assert.deepEqual(client.pending(conversation), []);
});

test('live messages that jump are held until history has filled the hole', async () => {
  const { client, hub } = await started();
  await hub().say(message(4));
  assert.deepEqual(texts(client), ['我要退款']);
  const history = hub().last('history');
  assert.deepEqual([history.after, history.before], [1, undefined]);
  await hub().say({ type: 'ok', id: history.id, session: SESSION, epoch: '1', last_seq: 4, more: false, messages: [message(2), message(3), message(4)] });
  assert.deepEqual(texts(client), ['我要退款', 'message 2', 'message 3', 'message 4']);
});

test('another epoch drops what is void and fetches the rest', async () => {
  const { client, environment, hub } = await started();
  await hub().say(message(2), message(3));
  await hub().end(1006);
  await environment.clock.advance(600);
  await environment.welcome({
    sessions: [snapshot({ epoch: '2', after: 2, last_seq: 3, messages: [message(3, { text: 'another third' })] })],
  });
  assert.deepEqual(texts(client), ['我要退款', 'message 2', 'another third']);
});

test('a session that ended meanwhile is shown as ended, with its last words', async () => {
  const { client, environment, conversation, hub } = await started();
  await hub().end(1006);
  await environment.clock.advance(600);
  await environment.welcome();
  assert.equal(conversation.state, 'closed');
  const history = hub().last('history');
  await hub().say({ type: 'ok', id: history.id, session: SESSION, epoch: '1', last_seq: 2, messages: [message(2, { text: 'bye' })] });
  assert.deepEqual(texts(client), ['我要退款', 'bye']);
});

test('another tab’s message arrives with its key and settles it here', async () => {
  const { client, conversation, hub } = await started();
  client.send(conversation, 'from this tab');
  await settled();
  const { key } = hub().last('message.send');
  await hub().say(message(2, { from: { role: 'customer', id: 'v_1' }, key, text: 'from this tab' }));
  assert.deepEqual(client.pending(conversation), []);
  assert.deepEqual(texts(client), ['我要退款', 'from this tab']);
});

test('an agent gets offers, takes one and sees what was said', async () => {
  const { client, hub } = await arrive(AgentClient, { welcome: agentWelcome, token: 't' });
  assert.deepEqual(hub().last('queue.subscribe').groups, ['pre-sales']);
  await hub().say({ type: 'offer', session: SESSION, expires_ms: 20000, level: 7, topic: 'refund', customer: { id: 'v_1' } });
  assert.equal(client.offers.length, 1);
  const accepted = client.accept(client.offers[0]);
  await settled();
  const { id } = hub().last('offer.accept');
  await hub().say({ ...snapshot({ last_seq: 1, messages: [message(1)] }), type: 'ok', id });
  await accepted;
  assert.equal(client.offers.length, 0);
  assert.deepEqual(texts(client), ['message 1']);
});

test('an offer that is gone leaves the list; a chat that ended stays on it', async () => {
  const { client, hub } = await arrive(AgentClient, { welcome: { ...agentWelcome, sessions: [snapshot()] } });
  await hub().say(
    { type: 'offer', session: OTHER, expires_ms: 20000, level: 0, customer: { id: 'v_2' } },
    { type: 'session.state', session: OTHER, state: 'queued', reason: 'expired', epoch: '1' },
    { type: 'session.state', session: SESSION, state: 'closed', reason: 'customer', epoch: '1' },
  );
  assert.deepEqual([...client.conversations.keys()], [SESSION]);
  assert.equal(client.conversations.get(SESSION).closeReason, 'customer');
});

test('an offer that goes on to another agent leaves the list', async () => {
  const { client, hub } = await arrive(AgentClient, { welcome: agentWelcome });
  await hub().say(
    { type: 'offer', session: OTHER, expires_ms: 20000, level: 0, customer: { id: 'v_2' } },
    { type: 'session.state', session: OTHER, state: 'offered', reason: 'declined', epoch: '1' },
  );
  assert.equal(client.offers.length, 0);
});

test('a session given to somebody else leaves the agent’s list', async () => {
  const { client, hub } = await arrive(AgentClient, { welcome: { ...agentWelcome, sessions: [snapshot()] } });
  await hub().say({ type: 'session.state', session: SESSION, state: 'active', agent: { id: 'bo', name: 'Bo' }, epoch: '1' });
  assert.equal(client.conversations.size, 0);
});

test('only a human’s word ends a customer’s wait', async () => {
  const said = (seq, role, more = {}) => message(seq, {
    from: { role, id: role }, at: seq * 1000, ...more,
  });
  const messages = [said(1, 'customer'), said(2, 'bot'), said(3, 'customer'), said(4, 'bot'),
    said(5, 'system', { kind: 'system' })];
  const { client, hub } = await arrive(AgentClient, {
    welcome: { ...agentWelcome, sessions: [snapshot({ last_seq: 5, messages })] },
  });
  const waitsSince = () => client.conversations.get(SESSION).customerWaitingSince;
  assert.equal(waitsSince(), 1000, 'a robot’s line is no answer');
  await hub().say(said(6, 'agent'));
  assert.equal(waitsSince(), null);
});

test('queues are watched again after every reconnect, and groups keep their names', async () => {
  const { client, environment, hub } = await arrive(AgentClient, { welcome: agentWelcome });
  await hub().say({ type: 'agent.update', agent: { id: 'anna', status: 'busy', capacity: 4, held: 1, groups: ['pre-sales'] } });
  assert.equal(client.agent.groups[0].name, '售前组');
  await hub().say({ type: 'agent.update', agent: { id: 'bo', status: 'away', groups: [] } });
  assert.equal(client.agent.status, 'busy', 'another agent’s state is not ours');
  await hub().end(4000);
  await environment.clock.advance(600);
  await environment.welcome(agentWelcome);
  assert.equal(hub().of('queue.subscribe').length, 1);
});

test('typing signs are sent rarely', async () => {
  const { client, conversation, hub } = await started();
  for (let index = 0; index < 50; index += 1) client.setTyping(conversation, true);
  client.setTyping(conversation, false);
  client.setTyping(conversation, false);
  await settled();
  assert.deepEqual(hub().of('typing').map((one) => one.typing), [true, false]);
});
