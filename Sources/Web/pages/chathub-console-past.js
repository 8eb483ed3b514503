// A customer's earlier chats, and reading one of them. Used by chathub-console-customer.js.
import { dressTalk } from './chathub-console-notes.js';
import { el } from './chathub-dom.js';
import './chathub-talk.js';

/** The rows of what `customer.sessions` told; `open(one)` reads it. */
export function pastRows(sessions, { client, language }, open) {
  return el('ul', { class: 'past' }, sessions.map((one) => el('li', {}, el('button', {
    type: 'button', onclick: () => open(one),
  }, el('span', { class: 'line' }, el('strong', {}, language.date(one.at)),
    one.score ? el('span', { class: 'score' }, `★ ${one.score}`) : ''),
  el('span', { class: 'soft' }, el('bdi', {}, wordsOf(one, client, language) || '—')),
  one.disposition?.note ? el('q', {}, one.disposition.note) : ''))));
}

/** What it was about, what came of it, who served him. */
function wordsOf({ disposition = {}, topic, agent, tags = [] }, client, language) {
  return [disposition.topic || client.nameOfTopic(topic, language), disposition.result,
    agent && (agent.name ?? client.nameOfAgent(agent.id)), ...tags].filter(Boolean).join(' · ');
}

/** One of them in the dialog, as it was said, with its notes. Nobody is told that it is read. */
export async function readPast(app, { session, at }, nameOf) {
  const { client, dialog, language, attempt } = app;
  let past = null;
  if (!await attempt(async () => { past = await client.openPast(session); })) return;
  const talk = el('chathub-talk', { class: 'past-talk' });
  const change = ({ detail }) => talk.change(detail);
  client.addEventListener('change', change);
  const isClosed = dialog.show(language.say('past.title', { date: language.moment(at) }), talk,
    language.say('help.close'), 'wide reader');
  talk.isSeen = () => false;
  talk.setUp({ language, client, nameOf });
  dressTalk(talk);
  talk.show(past);
  await isClosed;
  client.removeEventListener('change', change);
}
