// What the console says of itself: the banner of a lost line, the middle without a chat, and a line
// above for where that middle is not seen (a phone has none, and a chat covers it). The latter two
// say why no chats come, with the one button that changes it. And where an open chat covers the
// list, a strip above it says who is asking. Used by chathub-console.js.
import { customerName, endOf, senderWords } from './chathub-console-people.js';
import { el, icon } from './chathub-dom.js';
import { endOfLink } from './chathub-link.js';

/** `missed` when the hub set us away because an offer ran out, `set` when a supervisor did it. */
const whyNotOnline = ({ agent, hasMissedOffer }) => {
  if (agent.by) return 'set';
  return agent.status === 'away' && hasMissedOffer ? 'missed' : 'offline';
};

/** Whom `empty.set` names. */
const setter = (client) => ({ name: client.nameOfAgent(client.agent?.by) });

/** The line is gone, or the link has ended while a chat is open. */
export function drawBanner(banner, { client, language, selected }) {
  const { name, code, retryAt, isSilent } = client.connection;
  // Without a chat open, the middle says what became of a link that has ended.
  const isLost = (name === 'stopped' && selected) || isSilent
    || (name === 'waiting' && retryAt - Date.now() > 0)
    || (name === 'connecting' && !banner.hidden);
  banner.hidden = !isLost;
  banner.classList.toggle('bad', name === 'stopped');
  const state = `${name}:${code}:${language.tag}`;
  if (!isLost || banner.dataset.state === state) return;
  banner.dataset.state = state;
  banner.replaceChildren(el('span', {}, name === 'stopped'
    ? language.sayCode(code) : language.say('link.offline')),
  name === 'waiting' ? el('button', {
    class: 'link', type: 'button', onclick: () => client.link.probe(),
  }, language.say('retry')) : '');
}

/** `app`: `client`, `language`, `selected`, `chats`. `isHere`: signed in. */
export function drawHint(hint, { client, language, selected, chats }, isHere, goOnline) {
  // A supervisor looks after things; that no chats come to him is no surprise.
  const isServing = isHere && client.role !== 'supervisor';
  const key = isServing && client.agent.status !== 'online' ? whyNotOnline(client) : '';
  hint.hidden = !key;
  // Somebody who is away on purpose is not told so in every chat.
  hint.classList.toggle('narrow', !(key === 'missed' && (selected || chats.length > 0)));
  const shown = `${key}:${language.tag}`;
  if (!key || hint.dataset.shown === shown) return;
  hint.dataset.shown = shown;
  hint.replaceChildren(el('span', {}, language.say(`empty.${key}`, setter(client))), el('button', {
    class: 'link', type: 'button', onclick: goOnline,
  }, language.say('empty.go')));
}

/**
 * How many ask for an answer, who the first one is and how long he still asks, with a button that
 * takes him. The style sheet shows it where a chat covers the list. That somebody asks is read
 * aloud by the console's alarm: this is no live region, or it would be said twice.
 */
export class AskedStrip {
  node = el('section', { class: 'asked', hidden: true });
  #count = el('strong', {});
  #words = el('bdi', { id: 'asked-words' });
  #left = el('span', { class: 'left' });
  #take = el('button', {
    class: 'button primary', type: 'button', 'aria-describedby': 'asked-words',
  });

  constructor() {
    this.node.append(el('p', {}, this.#count, this.#words, this.#left), this.#take);
  }

  /** `app`: `client`, `language`, `accept(c)`. */
  draw({ client, language, accept }) {
    const { offers } = client;
    const [offer] = offers;
    this.node.hidden = !offer;
    if (!offer) return;
    const end = endOf(offer, client);
    const seconds = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    const topic = client.nameOfTopic(offer.topic, language);
    this.node.setAttribute('aria-label', language.say('offers'));
    this.#count.textContent = `${language.say('offers')} · ${offers.length}`;
    this.#words.textContent = [customerName(offer, language),
      senderWords(offer, client, language), topic].filter(Boolean).join(' · ');
    this.#left.textContent = end ? language.say('offer.left', { n: seconds }) : '';
    this.#take.textContent = language.say(
      client.standing(offer) === 'invited' ? 'join' : 'offer.accept');
    this.#take.onclick = () => accept(offer);
  }
}

/** The middle while no chat is open; also the end of a link that is not good any more. */
export function drawEmpty(empty, { client, language, link, selected, chats }, goOnline) {
  const { agent, connection } = client;
  const isStopped = connection.name === 'stopped';
  empty.hidden = Boolean(selected) || !(agent || isStopped);
  if (empty.hidden) return;
  const key = isStopped ? `stopped ${connection.code}` : client.offers.length ? 'offer'
    : chats.length ? 'choose' : client.role === 'supervisor' ? 'supervisor'
      : agent.status === 'online' ? 'online' : whyNotOnline(client);
  if (empty.dataset.key === key + language.tag) return;
  empty.dataset.key = key + language.tag;
  empty.replaceChildren(icon('chat', 44), ...(isStopped ? [
    ...endInWords(language, endOfLink(link, connection.code), connection.code),
  ] : [
    el('p', {}, language.say(`empty.${key}`, setter(client))),
    ['missed', 'set', 'offline'].includes(key) ? el('button', {
      class: 'button primary', type: 'button', onclick: goOnline,
    }, language.say('empty.go')) : '',
  ]));
}

/** What is wrong with a link, or what else made an end, and what to do. */
function endInWords(language, end, code) {
  const alert = (words) => el('p', { role: 'alert' }, words);
  if (end) {
    return [el('h1', {}, language.say(`link.${end}`)), alert(language.say(`link.${end}.text`))];
  }
  return [el('h1', {}, language.say('stopped.title')), alert(language.sayCode(code)),
    el('p', {}, language.say('stopped.text'))];
}
