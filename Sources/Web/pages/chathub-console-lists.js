// The left side of the console: offers with their countdown, the agent's own chats, the queues.
// Rows live as long as what they show, so that focus and a half-pressed button survive every
// update; texts of time are renewed once a second. Used by chathub-console.js.
import { leftMessages } from './chathub-console-left.js';
import { customerInitial, customerName, levelBadge } from './chathub-console-people.js';
import { el } from './chathub-dom.js';

const LONG_WAIT_MILLISECONDS = 60_000;
const QUEUE_ROWS = 8;

/** Keeps one row per key, in the order given; `make(item)` and `update(row, item)` draw. */
class Rows {
  #list;
  #rows = new Map();
  #make;
  #update;

  constructor(list, make, update) {
    this.#list = list;
    this.#make = make;
    this.#update = update;
  }

  draw(items) {
    const wanted = new Set(items.map((item) => item.id));
    for (const [id, row] of this.#rows) {
      if (wanted.has(id)) continue;
      row.remove();
      this.#rows.delete(id);
    }
    items.forEach((item, index) => {
      let row = this.#rows.get(item.id);
      if (!row) {
        row = this.#make(item);
        this.#rows.set(item.id, row);
      }
      const there = this.#list.children[index] ?? null;
      if (there !== row) this.#list.insertBefore(row, there);
      this.#update(row, item);
    });
  }
}

export class ConsoleLists {
  /** The nodes to put into the page. */
  nodes;
  #app;
  #parts = {};
  #offers;
  #chats;

  /** `app`: `client`, `language`, `selected`, `select(c)`, `accept(c)`, `decline(c)`. */
  constructor(app) {
    this.#app = app;
    const section = (name, ...children) => el('section', { 'aria-labelledby': `${name}-title` },
      this.#parts[`${name}Title`] = el('h2', { id: `${name}-title` }), ...children);
    const parts = this.#parts;
    parts.offers = el('ul', { class: 'offers' });
    parts.chats = el('ul', { class: 'chats' });
    parts.none = el('p', { class: 'none' });
    parts.queues = el('div', { class: 'queues' });
    parts.offersSection = section('offers', parts.offers);
    this.nodes = [parts.offersSection, section('chats', parts.chats, parts.none),
      section('queue', parts.queues)];
    this.#offers = new Rows(parts.offers, (one) => this.#makeOffer(one),
      (row, one) => this.#updateOffer(row, one));
    this.#chats = new Rows(parts.chats, (one) => this.#makeChat(one),
      (row, one) => this.#updateChat(row, one));
  }

  draw() {
    const { client, language } = this.#app;
    const parts = this.#parts;
    const offers = client.offers;
    const chats = this.#app.chats;
    for (const name of ['offers', 'chats', 'queue']) {
      parts[`${name}Title`].textContent = language.say(name);
    }
    parts.offersSection.hidden = offers.length === 0;
    this.#offers.draw(offers);
    this.#chats.draw(chats);
    parts.none.hidden = chats.length > 0;
    parts.none.textContent = language.say('chats.none');
    this.#drawQueues();
  }

  // Offers

  #makeOffer(offer) {
    const button = (kind, act) => el('button', {
      class: `button ${kind}`, type: 'button', onclick: () => act(offer),
    });
    const bar = el('div', { class: 'bar', 'aria-hidden': 'true' });
    const row = el('li', { class: 'offer' },
      el('div', { class: 'what' }), el('p', { class: 'more' }), bar,
      el('div', { class: 'act' }, button('primary', (one) => this.#app.accept(one)),
        button('', (one) => this.#app.decline(one))));
    const left = offer.offerEndsAt - Date.now();
    const full = Math.max(offer.offerMilliseconds, left, 1);
    bar.animate([{ transform: `scaleX(${Math.max(0, left / full)})` }, { transform: 'scaleX(0)' }],
      { duration: Math.max(left, 1), fill: 'forwards' });
    return row;
  }

  #updateOffer(row, offer) {
    const { language } = this.#app;
    const name = customerName(offer, language);
    const left = Math.max(0, Math.ceil((offer.offerEndsAt - Date.now()) / 1000));
    const time = offer.waitingSince && language.duration(Date.now() - offer.waitingSince);
    const waited = time ? language.say('offer.waited', { time }) : null;
    row.querySelector('.what').replaceChildren(el('strong', {}, el('bdi', {}, name)),
      ...[levelBadge(offer.level, language)].filter(Boolean));
    row.querySelector('.more').textContent = [
      offer.topic, waited, language.say('offer.left', { n: left }),
    ].filter(Boolean).join(' · ');
    const [accept, decline] = row.querySelectorAll('button');
    accept.textContent = language.say('offer.accept');
    decline.textContent = language.say('offer.decline');
  }

  // Own chats

  #makeChat(chat) {
    return el('li', {}, el('button', {
      class: 'chat', type: 'button', onclick: () => this.#app.select(chat),
    }, el('span', { class: 'avatar', 'aria-hidden': 'true' }),
    el('span', { class: 'text' }, el('span', { class: 'line' }), el('span', { class: 'last' })),
    el('span', { class: 'side' },
      el('span', { class: 'waits' }), el('span', { class: 'unread' }))));
  }

  #updateChat(row, chat) {
    const { client, language } = this.#app;
    const name = customerName(chat, language);
    const find = (part) => row.querySelector(part);
    const last = chat.log.messages.at(-1);
    const waiting = chat.isOpen ? chat.customerWaitingSince : null;
    const waited = waiting ? client.now() - waiting : 0;
    const unread = chat.unread(client.me);
    find('.avatar').textContent = customerInitial(chat, language);
    find('.line').replaceChildren(el('bdi', { class: 'name' }, name),
      ...[levelBadge(chat.level, language)].filter(Boolean));
    find('.last').textContent = chat.typing ? language.say('typing', { name })
      : last?.text?.slice(0, 120) ?? language.say('chat.none');
    find('.waits').textContent = !chat.isOpen ? language.say('chat.ended')
      : waiting ? language.say('chat.waits', { time: language.duration(waited) }) : '';
    find('.waits').classList.toggle('long', waited > LONG_WAIT_MILLISECONDS);
    find('.unread').hidden = unread === 0;
    find('.unread').replaceChildren(String(unread));
    find('.unread').setAttribute('aria-label', language.say('chat.unread', { n: unread }));
    const button = row.firstChild;
    button.classList.toggle('ended', !chat.isOpen);
    if (chat === this.#app.selected) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
  }

  // Queues

  #drawQueues() {
    const { client, language } = this.#app;
    const groups = client.agent?.groups ?? [];
    this.#parts.queues.replaceChildren(...groups.map((group) => {
      const queue = client.queues.get(group.id);
      const waiting = Object.values(queue?.levels ?? {}).reduce((sum, one) => sum + one, 0);
      const since = queue ? Date.now() - queue.receivedAt : 0;
      const longest = waiting ? language.say('queue.longest', {
        time: language.duration((queue.longest_wait_s ?? 0) * 1000 + since),
      }) : null;
      return el('div', { class: 'group' },
        el('h3', {}, el('bdi', {}, group.name), el('span', {}, waiting
          ? [language.say('queue.waiting', { n: waiting }), longest].join(' · ')
          : language.say('queue.none'))),
        waiting ? this.#levels(queue.levels) : null,
        waiting ? this.#head(queue, waiting) : null,
        leftMessages(this.#app, queue));
    }));
  }

  #levels(levels) {
    const { language } = this.#app;
    return el('p', { class: 'levels' }, Object.entries(levels)
      .filter(([, count]) => count > 0)
      .sort(([left], [right]) => right - left)
      .map(([level, count]) => {
        const name = language.say(level > 0 ? 'level' : 'ordinary', { n: level });
        return el('span', { class: level > 0 ? 'level' : 'level ordinary' }, `${name} × ${count}`);
      }));
  }

  #head(queue, waiting) {
    const { client, language } = this.#app;
    const shown = (queue.head ?? []).slice(0, QUEUE_ROWS);
    const rows = shown.map((one) => el('li', {},
      el('span', { class: 'topic' },
        levelBadge(one.level, language), el('bdi', {}, one.topic ?? '—')),
      el('span', {}, language.duration(client.now() - one.since))));
    if (waiting > shown.length) {
      const n = waiting - shown.length;
      rows.push(el('li', { class: 'rest' }, language.say('queue.more', { n })));
    }
    return el('ol', {}, rows);
  }
}
