// Several people in one session, as an agent's client sees it: what he is in each, and notes that
// are numbered, kept and shown once.
import assert from 'node:assert/strict';
import test from 'node:test';
import { AgentClient } from '../../Sources/Web/pages/chathub-agent.js';
import { fill } from '../../Sources/Web/pages/chathub-console-canned.js';
import { ConsoleHands } from '../../Sources/Web/pages/chathub-console-hands.js';
import { movedWords } from '../../Sources/Web/pages/chathub-console-people.js';
import { CONSOLE } from '../../Sources/Web/pages/chathub-console-strings.js';
import { mayDo } from '../../Sources/Web/pages/chathub-console-tools.js';
import { SafeStorage } from '../../Sources/Web/pages/chathub-outbox.js';
import { PageLanguage } from '../../Sources/Web/pages/chathub-page-language.js';
// Parts that are loaded when they are needed: there from the start, or they would come too late here.
import '../../Sources/Web/pages/chathub-pages.js';
import '../../Sources/Web/pages/chathub-recall.js';
import { FakeEnvironment, FakeStorage, SESSION, message, settled } from './fakes.mjs';

const bo = { id: 'bo', name: 'Bo' };
const anna = { id: 'anna', name: 'Anna' };
const view = (more = {}) => ({
  session: SESSION, state: 'active', agent: anna, last_seq: 0, epoch: '1', recovered: false,
  after: 0, messages: [], more: false, ...more,
});
const told = (more) => ({ type: 'session.state', ...view(more) });

async function arrive(sessions = [], storage = new FakeStorage()) {
  const environment = new FakeEnvironment();
  const client = new AgentClient({
    url: 'wss://hub.example/v1/ws', site: 'demo', role: 'agent', prefix: 'p:', environment,
    storage: new SafeStorage(() => storage),
  });
  const changes = [];
  client.addEventListener('change', ({ detail }) => changes.push(detail));
  client.open();
  const agent = { id: 'anna', status: 'online', capacity: 4, held: 0, groups: [] };
  await environment.welcome({ agent, sessions });
  return {
    client, environment, storage, changes, hub: () => environment.socket,
    session: () => client.conversations.get(SESSION),
    standing: () => client.standing(client.conversations.get(SESSION) ?? {}),
  };
}

test('what one is in a session follows its view', async () => {
  const { hub, standing, session } = await arrive([view()]);
  assert.equal(standing(), 'owner');
  const others = [{ ...anna, as: 'joined' }];
  await hub().say(told({ agent: bo, others }));
  assert.equal(standing(), 'joined');
  await hub().say(told({ agent: bo }));
  assert.equal(session(), undefined, 'neither owner nor joined: not ours any more');
});

test('a session handed over to us is an offer, also after a reload, until it is taken back', async () => {
  const transfer = { to: { agent: 'anna' }, from: 'bo', warm: false, note: 'VIP', expires_ms: 9000 };
  const { client, hub, standing, session, changes } = await arrive([view({ agent: bo, transfer })]);
  assert.deepEqual([standing(), client.offers.length], ['asked', 1]);
  assert.equal(session().transfer.note, 'VIP');
  assert.ok(session().offerEndsAt > Date.now());
  await hub().say(told({ agent: bo, reason: 'transfer_cancelled' }));
  assert.equal(client.offers.length, 0);
  const moved = changes.find((one) => one.what === 'moved');
  assert.deepEqual([moved.reason, moved.before], ['transfer_cancelled', 'asked']);
});

test('an offer with a transfer is accepted like any other', async () => {
  const { client, hub, standing } = await arrive();
  const transfer = { to: { agent: 'anna' }, from: 'bo', warm: true };
  await hub().say({ type: 'offer', session: SESSION, expires_ms: 9000, level: 3, group: 'g',
    customer: { id: 'v_2' }, transfer });
  assert.equal(client.offers[0].transfer.from, 'bo');
  const accepted = client.accept(client.offers[0]);
  await settled();
  const { id } = hub().last('offer.accept');
  await hub().say({ ...view({ others: [{ ...bo, as: 'joined' }] }), type: 'ok', id });
  await accepted;
  assert.equal(standing(), 'owner');
});

test('who hands over is called by his name, also when he came after us', async () => {
  const { client, hub } = await arrive();
  const answer = (agents) => hub().say({ type: 'ok', id: hub().last('agents.list').id, agents });
  await answer([]);
  const asked = hub().of('agents.list').length;
  const transfer = { to: { agent: 'anna' }, from: 'dina', warm: false };
  await hub().say({ type: 'offer', session: SESSION, expires_ms: 9000, level: 3, group: 'g',
    customer: { id: 'v_2' }, transfer });
  assert.equal(hub().of('agents.list').length, asked + 1);
  await answer([{ id: 'dina', name: '迪娜' }]);
  assert.equal(client.nameOfAgent('dina'), '迪娜');
  await hub().say(told({ agent: anna }));
  await hub().say(told({ agent: anna, transfer: { ...transfer, to: { agent: 'bo' } } }));
  assert.equal(hub().of('agents.list').length, asked + 1, 'a name that is known is not asked for');
});

test('a session handed over tells its owner’s name at once', async () => {
  const transfer = { to: { agent: 'anna' }, from: 'bo', warm: false, expires_ms: 9000 };
  const { client, hub } = await arrive([view({ agent: bo, transfer })]);
  assert.equal(client.nameOfAgent('bo'), 'Bo');
  assert.equal(hub().of('agents.list').length, 1, 'once, at the beginning');
});

test('an invitation is taken back by a request that cannot take us out ourselves', async () => {
  const others = [{ ...anna, as: 'joined' }, { id: 'dina', name: 'Dina', as: 'invited' }];
  const { client, hub, session } = await arrive([view({ agent: bo, others })]);
  const taken = client.uninvite(session(), 'dina');
  await settled();
  const { id, session: about, agent } = hub().last('session.invite.cancel');
  assert.deepEqual([about, agent], [SESSION, 'dina']);
  await hub().say({ type: 'ok', id });
  await taken;
});

test('an invitation is asked of us until we join or it is taken away', async () => {
  const { client, hub, standing, session } = await arrive();
  const before = Date.now();
  await hub().say({ type: 'invite', session: SESSION, expires_ms: 300_000, from: bo, note: 'help',
    level: 2, group: 'g', customer: { id: 'v_2' } });
  const endsIn = session().invitation.endsAt - before;
  assert.ok(endsIn >= 300_000 && endsIn < 310_000, String(endsIn));
  assert.deepEqual([standing(), session().invitation.note, client.offers.length], ['invited', 'help', 1]);
  const joined = client.join(session());
  await settled();
  const { id } = hub().last('session.join');
  await hub().say({ type: 'ok', id,
    ...view({ agent: bo, others: [{ ...anna, as: 'joined' }], last_seq: 1, messages: [message(1)] }) });
  await joined;
  assert.deepEqual([standing(), session().invitation, client.offers.length], ['joined', null, 0]);
});

/** What the hub tells whoever loses a session: not with whom it is. */
const lost = (reason) => ({ type: 'session.state', session: SESSION, state: 'queued', reason, epoch: '1' });
const english = new PageLanguage('en', CONSOLE);
const ann = { customer: { id: 'c7', profile: { name: 'Ann' } } };
const wordsOf = ({ client, changes }) => {
  const moved = changes.filter((one) => one.what === 'moved').at(-1);
  return moved && movedWords(moved, client, english);
};

test('a session that is taken from us says so before it goes', async () => {
  const one = await arrive([view(ann)]);
  await one.hub().say(lost('taken'));
  assert.equal(one.session(), undefined);
  assert.equal(wordsOf(one), 'A supervisor has taken over the chat with Ann.');
});

test('whoever gave a session away hears who has it now', async () => {
  const transfer = { to: { agent: 'bo' }, from: 'anna', expires_ms: 9000 };
  const one = await arrive([view({ ...ann, transfer })]);
  one.client.learnName('bo', 'Bo');
  await one.hub().say(lost('transferred'));
  assert.deepEqual([one.session(), wordsOf(one)], [undefined, 'Ann is with Bo now.']);
  const other = await arrive([view(ann)]);
  await other.hub().say(lost('transferred'));
  assert.equal(wordsOf(other), 'Ann is with a colleague now.', 'a supervisor gave it away at once');
});

test('who joined and is asked to take it over keeps the chat, whatever he answers', async () => {
  const others = [{ ...anna, as: 'joined' }];
  const transfer = { to: { agent: 'anna' }, from: 'bo', note: 'VIP', expires_ms: 9000 };
  const offer = { type: 'offer', session: SESSION, expires_ms: 9000, level: 3, group: 'g', customer: { id: 'v_2' }, transfer };
  const come = async () => {
    const one = await arrive([view({ agent: bo, others })]);
    await one.hub().say(told({ agent: bo, others, transfer }), offer);
    assert.deepEqual([one.standing(), one.session().state, one.session().agent], ['joined', 'active', bo]);
    assert.deepEqual([one.client.offers[0], one.session().transfer.note], [one.session(), 'VIP']);
    assert.ok(one.session().transfer.endsAt > Date.now());
    return one;
  };
  const accepts = await come();
  const accepted = accepts.client.accept(accepts.session());
  await settled();
  await accepts.hub().say({ ...view(), type: 'ok', id: accepts.hub().last('offer.accept').id });
  await accepted;
  assert.deepEqual([accepts.standing(), accepts.client.offers.length], ['owner', 0]);
  const declines = await come();
  declines.client.decline(declines.session());
  await settled();
  assert.ok(declines.hub().last('offer.decline'));
  assert.deepEqual([declines.standing(), declines.client.offers.length], ['joined', 0]);
  await declines.hub().say(told({ agent: bo, others, reason: 'transfer_declined' }));
  assert.deepEqual([declines.standing(), wordsOf(declines)], ['joined', null], 'it never was with him');
  const late = await come();
  const missed = late.client.accept(late.session());
  await settled();
  await late.hub().say({ type: 'error', id: late.hub().last('offer.accept').id, code: 'no_offer', message: 'no' });
  await assert.rejects(missed);
  assert.deepEqual([late.standing(), late.client.offers.length], ['joined', 0]);
  const takenBack = await come();
  await takenBack.hub().say(told({ agent: bo, others, ...ann, reason: 'transfer_cancelled' }));
  assert.equal(takenBack.standing(), 'joined');
  assert.equal(wordsOf(takenBack), 'The transfer of Ann was taken back.');
});

test('keys and buttons allow the same: nothing is ended or handed over by who does not have it', async () => {
  const may = ({ client, session }) => {
    const { transfer, end, leave } = mayDo(session(), client);
    return [transfer, end, leave];
  };
  assert.deepEqual(may(await arrive([view()])), [true, true, false]);
  const others = [{ ...anna, as: 'joined' }];
  assert.deepEqual(may(await arrive([view({ agent: bo, others })])), [false, false, true]);
  assert.deepEqual(may(await arrive([view({ state: 'wrapup' })])), [false, false, false]);
  const transfer = { to: { agent: 'bo' }, from: 'anna', expires_ms: 9000 };
  assert.deepEqual(may(await arrive([view({ transfer })])), [false, true, false]);
});

/** The console's hands over a client, and what they say. */
function handsOf({ client }) {
  const said = [];
  const app = {
    client, language: english, say: (words) => said.push(words),
    attempt: async (act) => { await act(); return true; },
  };
  return { hands: new ConsoleHands(app), said };
}

test('a chat is not handed over before what was written there is sent', async () => {
  const one = await arrive([view(ann)]);
  const { hands, said } = handsOf(one);
  one.client.send(one.session(), 'one more thing');
  const given = hands.give(one.session(), { group: 'sales' }, { note: '' });
  await settled();
  assert.equal(one.hub().of('session.transfer').length, 0);
  const { id, key } = one.hub().last('message.send');
  await one.hub().say({ type: 'ok', id, session: SESSION, seq: 1, at: 1, key });
  const asked = one.hub().last('session.transfer');
  assert.deepEqual(asked.to, { group: 'sales' });
  await one.hub().say({ ...told({ ...ann, state: 'queued', agent: undefined }), type: 'ok', id: asked.id });
  await given;
  assert.deepEqual(said, ['The chat with Ann is handed over once your messages are sent.', 'Handed over to sales.']);
});

test('a chat with words that could not be sent is not handed over', async () => {
  const one = await arrive([view(ann)]);
  const { hands, said } = handsOf(one);
  one.client.send(one.session(), 'one more thing');
  const given = hands.give(one.session(), { group: 'sales' }, { note: '' });
  await settled();
  await one.hub().say({ type: 'error', id: one.hub().last('message.send').id, code: 'bad_field', message: 'no' });
  await given;
  await hands.transfer(one.session());
  assert.equal(one.hub().of('session.transfer').length, 0);
  assert.match(said[1], /^Not handed over: a message or file of yours to Ann was not sent/);
  assert.equal(said[2], said[1]);
});

test('a chat whose customer has gone is not said to be handed over', async () => {
  const one = await arrive([view(ann)]);
  const { hands, said } = handsOf(one);
  const given = hands.give(one.session(), { group: 'sales' }, { note: '' });
  await settled();
  const { id } = one.hub().last('session.transfer');
  await one.hub().say({ ...told({ ...ann, state: 'closed', reason: 'customer_lost' }), type: 'ok', id });
  await given;
  assert.deepEqual(said, ['Not handed over: Ann has gone, and the chat has ended.']);
});

test('watching is asked for again after a reconnect', async () => {
  const { client, environment, hub, standing } = await arrive();
  const answer = async () => {
    const { id } = hub().last('session.watch');
    await hub().say({ ...view({ agent: bo, watching: true }), type: 'ok', id });
  };
  const watched = client.watch(SESSION);
  await settled();
  await answer();
  await watched;
  assert.equal(standing(), 'watching');
  await hub().end(4000);
  await environment.clock.advance(600);
  await environment.welcome({ agent: { id: 'anna', status: 'online', groups: [] } });
  await answer();
  assert.equal(standing(), 'watching');
  await hub().say(told({ agent: bo, state: 'closed', reason: 'customer' }));
  assert.equal(client.conversations.size, 1, 'its end is seen before it goes');
});

const note = (number, more = {}) => ({
  type: 'note', session: SESSION, note: number, at: number, after_seq: 0, from: { role: 'agent', ...bo },
  kind: 'note', text: `note ${number}`, ...more,
});
const noted = (client) => client.notes.of(SESSION).map((one) => one.text);

test('notes that were missed are fetched, and each is shown once', async () => {
  const { client, hub } = await arrive([view({ last_note: 2 })]);
  const { id, before } = hub().last('session.notes');
  assert.equal(before, 3);
  await hub().say({ type: 'ok', id, session: SESSION, notes: [note(1), note(2)], last_note: 2, more: false });
  await hub().say(note(2), note(3));
  assert.deepEqual(noted(client), ['note 1', 'note 2', 'note 3']);
  await hub().say(note(5));
  const gap = hub().last('session.notes');
  assert.equal(gap.after, 3);
  await hub().say({ type: 'ok', id: gap.id, session: SESSION, notes: [note(4), note(5)], last_note: 5, more: false });
  assert.deepEqual(noted(client).length, 5);
});

test('a note on its way survives a reload under its key, and does not come twice', async () => {
  const first = await arrive([view()]);
  first.client.notes.add(SESSION, 'for colleagues');
  await settled();
  const { key, text } = first.hub().last('session.note');
  assert.equal(text, 'for colleagues');
  const second = await arrive([view()], first.storage);
  const again = second.hub().last('session.note');
  assert.equal(again.key, key);
  await second.hub().say(note(1, { key, text: 'for colleagues', from: { role: 'agent', ...anna } }));
  await second.hub().say({ type: 'ok', id: again.id, session: SESSION, note: 1, at: 1 });
  assert.deepEqual(noted(second.client), ['for colleagues']);
  assert.equal(second.client.notes.pending(SESSION).length, 0);
});

test('who watches whispers', async () => {
  const { client, hub } = await arrive();
  const watched = client.watch(SESSION);
  await settled();
  const { id } = hub().last('session.watch');
  await hub().say({ ...view({ agent: bo, watching: true }), type: 'ok', id });
  await watched;
  client.notes.add(SESSION, 'give him a discount');
  await settled();
  assert.equal(hub().last('session.whisper').text, 'give him a discount');
  assert.equal(hub().of('session.note').length, 0);
});

test('notes of others are unread until the chat was looked at', async () => {
  const { client, hub } = await arrive([view()]);
  await hub().say(note(1), note(2, { from: { role: 'agent', ...anna } }));
  assert.equal(client.notes.unread(SESSION), 1);
  client.notes.markRead(SESSION);
  assert.equal(client.notes.unread(SESSION), 0);
});

test('a canned reply is filled with what is known and keeps what is not', () => {
  const values = { 'customer.name': '王小明', 'agent.name': 'Anna', plan: '' };
  assert.equal(fill('{{ customer.name }}, {{agent.name}}: {{plan}} {{nobody}} {{toString}}', values),
    '王小明, Anna: {{plan}} {{nobody}} {{toString}}');
});
