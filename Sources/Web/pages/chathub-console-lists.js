// The left side of the console: offers with their countdown, the agent's own chats, the queues.
// Rows live as long as what they show, so that focus and a half-pressed button survive every
// update; texts of time are renewed once a second. Used by chathub-console.js.
import { moveByArrows } from './chathub-console-keys.js';
import { avatar, customerName, endOf, levelBadge, senderWords } from './chathub-console-people.js';
import { ConsoleQueues } from './chathub-console-queue.js';
import { Rows } from './chathub-console-rows.js';
import { el, icon } from './chathub-dom.js';

/** A customer who waits this long for a word is shown in another colour, and then in the worst. */
const LONG_WAIT_MILLISECONDS = 60_000;
const TOO_LONG_WAIT_MILLISECONDS = 180_000;

export class ConsoleLists {
  /** The nodes to put into the page. */
  nodes;
  #app;
  #parts = {};
  #offers;
  #chats;
  #queues;
  #settleChats;

  /** `app`: `client`, `language`, `selected`, `select(c)`, `accept(c)`, `decline(c)`, `hands`. */
  constructor(app) {
    this.#app = app;
    const section = (name, ...children) => el('section', {
      class: `${name}-section`, 'aria-labelledby': `${name}-title`,
    }, this.#parts[`${name}Title`] = el('h2', { id: `${name}-title` }), ...children);
    const parts = this.#parts;
    parts.offers = el('ul', { class: 'offers' });
    parts.chats = el('ul', { class: 'chats' });
    parts.none = el('p', { class: 'none' });
    this.#queues = new ConsoleQueues(this.#app);
    parts.offersSection = section('offers', parts.offers);
    this.nodes = [parts.offersSection, section('chats', parts.chats, parts.none),
      section('queue', this.#queues.node)];
    this.#offers = new Rows(parts.offers, (one) => this.#makeOffer(one),
      (row, one) => this.#updateOffer(row, one));
    this.#chats = new Rows(parts.chats, (one) => this.#makeChat(one),
      (row, one) => this.#updateChat(row, one));
    this.#settleChats = moveByArrows(parts.chats, 'button.chat', true);
    moveByArrows(parts.offers, 'button');
    moveByArrows(this.#queues.node, 'button');
  }

  /** To the first one who may be taken from the queue. */
  focusQueue() { this.#queues.node.querySelector('button')?.focus(); }

  draw() {
    const { client, language } = this.#app;
    const parts = this.#parts;
    const offers = client.offers;
    const chats = this.#app.chats;
    const counts = { offers: offers.length, chats: chats.length, queue: 0 };
    for (const [name, count] of Object.entries(counts)) {
      const words = count ? `${language.say(name)} · ${count}` : language.say(name);
      if (parts[`${name}Title`].textContent !== words) parts[`${name}Title`].textContent = words;
    }
    parts.offersSection.hidden = offers.length === 0;
    this.#offers.draw(offers);
    this.#chats.draw(chats);
    this.#settleChats(parts.chats.querySelector('[aria-current]'));
    parts.none.hidden = chats.length > 0;
    parts.none.textContent = language.say('chats.none');
    this.#queues.draw();
  }

  // Offers

  #makeOffer(offer) {
    const button = (kind, act) => el('button', {
      class: `button ${kind}`, type: 'button', onclick: () => act(offer),
    });
    return el('li', { class: 'offer' },
      el('div', { class: 'what' }), el('p', { class: 'more' }), el('p', { class: 'note' }),
      el('div', { class: 'bar', 'aria-hidden': 'true' }),
      el('div', { class: 'act' }, button('primary', (one) => this.#app.accept(one)),
        button('', (one) => this.#app.decline(one)),
        button('ask', (one) => this.#app.hands.why(one.id))));
  }

  /** Once for each end: of an invitation it is told after a reload's first view. */
  #runDown(bar, offer) {
    const end = endOf(offer, this.#app.client);
    bar.hidden = !end;
    if (!end || bar.dataset.end === String(end)) return;
    bar.dataset.end = end;
    const left = end - Date.now();
    const full = Math.max(offer.offerMilliseconds, left, 1);
    bar.animate([{ transform: `scaleX(${Math.max(0, left / full)})` }, { transform: 'scaleX(0)' }],
      { duration: Math.max(left, 1), fill: 'forwards' });
  }

  #updateOffer(row, offer) {
    const { client, language } = this.#app;
    const name = customerName(offer, language);
    this.#runDown(row.querySelector('.bar'), offer);
    const left = Math.max(0, Math.ceil((endOf(offer, client) - Date.now()) / 1000));
    const time = offer.waitingSince && language.duration(Date.now() - offer.waitingSince);
    const waited = time ? language.say('offer.waited', { time }) : null;
    row.querySelector('.what').replaceChildren(avatar(offer),
      el('strong', {}, el('bdi', {}, name)),
      ...[levelBadge(offer.level, language)].filter(Boolean));
    row.querySelector('.more').textContent = [
      senderWords(offer, client, language), client.nameOfTopic(offer.topic, language), waited,
      endOf(offer, client) && language.say('offer.left', { n: left }),
    ].filter(Boolean).join(' · ');
    const note = offer.transfer?.note ?? offer.invitation?.note;
    row.querySelector('.note').hidden = !note;
    row.querySelector('.note').textContent = note ?? '';
    const [accept, decline, why] = row.querySelectorAll('button');
    const isInvited = client.standing(offer) === 'invited';
    accept.textContent = language.say(isInvited ? 'join' : 'offer.accept');
    decline.textContent = language.say('offer.decline');
    why.textContent = language.say('why');
    why.hidden = isInvited;
  }

  // Own chats

  #makeChat(chat) {
    return el('li', {}, el('button', {
      class: 'chat', type: 'button', onclick: () => this.#app.select(chat),
    }, el('span'), el('span', { class: 'text' },
      el('span', { class: 'line' }), el('span', { class: 'last' })),
    el('span', { class: 'side' },
      el('span', { class: 'waits' }), el('span', { class: 'counts' },
        el('span', { class: 'noted' }, icon('lock', 12), el('span')),
        el('span', { class: 'unread' })))));
  }

  /** Notes of others that came while the chat was not open. */
  #updateNotes(mark, chat) {
    const { client, language } = this.#app;
    const unread = client.notes.unread(chat.id);
    mark.hidden = unread === 0;
    mark.lastChild.textContent = String(unread);
    mark.setAttribute('aria-label', language.say('note.unread', { n: unread }));
  }

  #updateChat(row, chat) {
    const { client, language } = this.#app;
    const name = customerName(chat, language);
    const find = (part) => row.querySelector(part);
    const waiting = chat.state === 'active' ? chat.customerWaitingSince : null;
    const waited = waiting ? client.now() - waiting : 0;
    const unread = chat.unread(client.me);
    row.firstChild.firstChild.replaceWith(avatar(chat));
    const standing = client.standing(chat);
    find('.line').replaceChildren(...[el('bdi', { class: 'name' }, name),
      levelBadge(chat.level, language), standing === 'watching' && icon('eye', 15),
      standing === 'joined' && icon('people', 15)].filter(Boolean));
    find('.last').textContent = this.#lastWords(chat, name);
    find('.waits').textContent = !chat.isOpen ? language.say('chat.ended')
      : chat.state === 'wrapup' ? language.say('wrap')
        : waiting ? language.say('chat.waits', { time: language.duration(waited) }) : '';
    find('.waits').classList.toggle('long', waited > LONG_WAIT_MILLISECONDS);
    find('.waits').classList.toggle('too-long', waited > TOO_LONG_WAIT_MILLISECONDS);
    this.#updateNotes(find('.noted'), chat);
    find('.unread').hidden = unread === 0;
    find('.unread').replaceChildren(String(unread));
    find('.unread').setAttribute('aria-label', language.say('chat.unread', { n: unread }));
    const button = row.firstChild;
    button.classList.toggle('ended', !chat.isOpen);
    if (chat === this.#app.selected) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
  }

  /** What happens there now, else a draft of ours that was not sent, else the latest words. */
  #lastWords(chat, name) {
    const { client, language, selected, storage } = this.#app;
    const last = chat.log.messages.findLast((one) => one.kind !== 'system');
    if (chat.typing) return language.say('typing', { name });
    const draft = chat !== selected && chat.isOpen
      && storage.get(client.nameOf(`draft:${chat.id}`));
    if (draft) return language.say('chat.draft', { text: draft.slice(0, 120) });
    const text = (last?.text ?? last?.file?.name)?.slice(0, 120)
      ?? language.say(last?.kind === 'deleted' ? 'message.deleted' : 'chat.none');
    return last?.from.id === client.me.id ? language.say('chat.mine', { text }) : text;
  }
}
