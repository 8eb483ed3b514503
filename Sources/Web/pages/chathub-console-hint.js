// What the console says when there is nothing to do: the middle without a chat, and a line above
// for where that middle is not seen (a phone has none, and a chat covers it). Both say why no chats
// come, with the one button that changes it. Used by chathub-console.js.
import { el, icon } from './chathub-dom.js';

/** `missed` when the hub set us away because an offer ran out, else `offline`. */
const whyNotOnline = ({ agent, hasMissedOffer }) => (
  agent.status === 'away' && hasMissedOffer ? 'missed' : 'offline');

/** `app`: `client`, `language`, `selected`, `chats`. `isHere`: signed in. */
export function drawHint(hint, { client, language, selected, chats }, isHere, goOnline) {
  const key = isHere && client.agent.status !== 'online' ? whyNotOnline(client) : '';
  hint.hidden = !key;
  // Somebody who is away on purpose is not told so in every chat.
  hint.classList.toggle('narrow', !(key === 'missed' && (selected || chats.length > 0)));
  const shown = `${key}:${language.tag}`;
  if (!key || hint.dataset.shown === shown) return;
  hint.dataset.shown = shown;
  hint.replaceChildren(el('span', {}, language.say(`empty.${key}`)), el('button', {
    class: 'link', type: 'button', onclick: goOnline,
  }, language.say('empty.go')));
}

/** The middle while no chat is open; also the end of a link that is not good any more. */
export function drawEmpty(empty, { client, language, selected, chats }, goOnline) {
  const { agent, connection } = client;
  const isStopped = connection.name === 'stopped';
  empty.hidden = Boolean(selected) || !(agent || isStopped);
  if (empty.hidden) return;
  const key = isStopped ? `stopped ${connection.code}` : client.offers.length ? 'offer'
    : chats.length ? 'choose' : agent.status === 'online' ? 'online' : whyNotOnline(client);
  if (empty.dataset.key === key + language.tag) return;
  empty.dataset.key = key + language.tag;
  empty.replaceChildren(icon('chat', 44), ...(isStopped ? [
    el('h1', {}, language.say('stopped.title')),
    el('p', { role: 'alert' }, language.sayCode(connection.code)),
    el('p', {}, language.say('login.text')),
  ] : [
    el('p', {}, language.say(`empty.${key}`)),
    ['missed', 'offline'].includes(key) ? el('button', {
      class: 'button primary', type: 'button', onclick: goOnline,
    }, language.say('empty.go')) : '',
  ]));
}
