// The middle of the console: one chat, with what may be done to it. What is written stays with its
// chat; and if the chat went over to somebody else while it was written, sending asks first. Used
// by chathub-console.js.
import './chathub-composer.js';
import { avatar, customerName, hueOf, levelBadge } from './chathub-console-people.js';
import { el, icon } from './chathub-dom.js';
import './chathub-talk.js';

export class ConsoleChat {
  node;
  #app;
  #parts = {};
  #shown = null;

  /**
   * `app`: `client`, `language`, `selected`, `storage`, `dialog`, `select(c)`, `end(c)`, `hands`,
   * `togglePanel()`.
   */
  constructor(app) {
    this.#app = app;
    const parts = this.#parts;
    const button = (act, sign, look = '') => el('button', {
      class: `button ${look}`, type: 'button', onclick: act,
    }, icon(sign, 18), el('span'));
    parts.back = el('button', {
      class: 'icon-button back', type: 'button', onclick: () => app.select(null),
    }, icon('back'));
    parts.who = el('div', { class: 'who' });
    parts.assign = button(() => app.hands.assign(app.selected.id), 'hand');
    parts.end = button(() => app.end(app.selected), 'end');
    parts.info = button(() => app.togglePanel(), 'person', 'panel-button');
    parts.talk = el('chathub-talk');
    parts.composer = el('chathub-composer');
    parts.closed = el('p', { class: 'closed', role: 'status' });
    parts.unsent = el('p', { class: 'unsent', hidden: true });
    this.node = el('section', { class: 'chat-pane', hidden: true },
      el('header', {}, parts.back, parts.who,
        el('div', { class: 'tools' }, parts.assign, parts.end, parts.info)),
      parts.talk, el('footer', {}, parts.closed, parts.unsent, parts.composer));
    parts.composer.addEventListener('chathub-submit', ({ detail }) => this.#submit(detail.text));
    parts.composer.addEventListener('chathub-typing', ({ detail }) => {
      if (app.selected?.state === 'active') app.client.setTyping(app.selected, detail.isTyping);
      this.#noteBasis(detail.isTyping);
    });
  }

  get talk() { return this.#parts.talk; }
  focus() { this.#parts.composer.focus(); }

  speak() {
    const { language, client, storage } = this.#app;
    const parts = this.#parts;
    parts.talk.setUp({ language, client, nameOf: (from) => this.#nameOf(from) });
    parts.composer.setUp({ language, storage });
    parts.back.setAttribute('aria-label', language.say('back'));
    parts.back.title = language.say('back');
    const named = { assign: 'assign', info: 'info' };
    for (const [part, key] of Object.entries(named)) this.#name(parts[part], language.say(key));
  }

  /** Opens a chat, or none. */
  show(chat) {
    this.node.hidden = !chat;
    this.#shown = chat;
    if (!chat) return;
    const { client } = this.#app;
    this.node.dataset.hue = hueOf(chat.id);
    this.#parts.talk.show(chat);
    this.#parts.composer.open(client.nameOf(`draft:${chat.id}`),
      { limitBytes: client.limits.message_bytes });
    if (matchMedia('(pointer: fine)').matches) this.focus();
  }

  draw() {
    const chat = this.#shown;
    if (!chat) return;
    const { client, language, settings } = this.#app;
    const parts = this.#parts;
    const name = customerName(chat, language);
    const isAway = chat.isOpen && !chat.isOtherThere;
    const below = [chat.topic, isAway && language.say('away')].filter(Boolean).join(' · ');
    const head = JSON.stringify([chat.id, name, chat.level, below, language.tag]);
    if (parts.who.dataset.shown !== head) {
      parts.who.dataset.shown = head;
      parts.who.replaceChildren(avatar(chat, language),
        el('div', {}, el('h1', {}, el('bdi', {}, name), levelBadge(chat.level, language) ?? ''),
          el('p', {}, below)));
    }
    this.#name(parts.end, language.say(chat.isOpen ? 'end' : 'done'));
    parts.assign.hidden = client.role !== 'supervisor' || chat.state !== 'active';
    parts.info.setAttribute('aria-pressed', String(settings.get('panel')));
    parts.composer.hidden = !chat.isOpen;
    parts.closed.hidden = chat.isOpen;
    const reason = language.has(`closed.${chat.closeReason}`) ? chat.closeReason : 'other';
    if (!chat.isOpen) parts.closed.textContent = language.say(`closed.${reason}`);
    this.#drawUnsent(chat);
  }

  /** It ended while something was written: that is not lost without a word. */
  #drawUnsent(chat) {
    const { client, language, storage } = this.#app;
    const { unsent } = this.#parts;
    const text = chat.isOpen ? null : storage.get(client.nameOf(`draft:${chat.id}`));
    unsent.hidden = !text;
    const shown = `${text}:${language.tag}`;
    if (!text || unsent.dataset.shown === shown) return;
    unsent.dataset.shown = shown;
    unsent.replaceChildren(el('span', {}, language.say('unsent')), el('q', {}, text),
      el('button', {
        class: 'link', type: 'button', onclick: () => navigator.clipboard.writeText(text),
      }, language.say('copy')));
  }

  #name(button, words) {
    if (button.title === words) return;
    button.title = words;
    button.setAttribute('aria-label', words);
    button.lastChild.textContent = words;
  }

  #nameOf(from) {
    const { client, language } = this.#app;
    if (from.role === 'customer') return customerName(this.#shown, language);
    if (from.role === 'bot') return from.name ?? language.say('robot');
    return from.name ?? (from.id === client.me?.id ? client.me.name : null) ?? from.id;
  }

  async #submit(text) {
    const chat = this.#shown;
    const { client, storage } = this.#app;
    const basis = storage.getJSON(client.nameOf(`basis:${chat.id}`));
    storage.remove(client.nameOf(`basis:${chat.id}`));
    if (basis && basis.owner !== ownerOf(chat) && !await this.#confirm(chat)) {
      if (this.#shown === chat) this.#parts.composer.text = text;
      else storage.set(client.nameOf(`draft:${chat.id}`), text);
      return;
    }
    client.send(chat, text);
    this.#parts.talk.toBottom();
  }

  /** Whose chat it was when the writing began. */
  #noteBasis(isTyping) {
    const { client, storage } = this.#app;
    const name = this.#shown && client.nameOf(`basis:${this.#shown.id}`);
    if (!isTyping || storage.get(name)) return;
    storage.setJSON(name, { owner: ownerOf(this.#shown) });
  }

  async #confirm(chat) {
    const { dialog, language } = this.#app;
    const answer = await dialog.ask({
      title: language.say('changed.title'),
      body: el('p', {}, language.say('changed.owner', {
        name: customerName(chat, language), agent: chat.agent?.name ?? '—',
      })),
      acts: [['yes', language.say('changed.send'), 'primary']],
      dismiss: language.say('changed.keep'),
    });
    return Boolean(answer);
  }
}

const ownerOf = (chat) => chat.agent?.id ?? null;
