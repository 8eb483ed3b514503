// <chathub-console>: where an agent works: status, offers, own chats, the queue, one chat in the
// middle and the customer beside it. The signed link's token comes in the address's fragment
// (`#token=...&site=demo`), is kept for this tab and leaves the address at once.
import { AgentClient, agentOfLink } from './chathub-agent.js';
import './chathub-composer.js';
import { ConsoleHands } from './chathub-console-hands.js';
import { ConsoleLists } from './chathub-console-lists.js';
import { customerInitial, customerName, customerPanel, levelBadge }
  from './chathub-console-people.js';
import { drawEmpty, drawHint } from './chathub-console-hint.js';
import { CONSOLE } from './chathub-console-strings.js';
import { el, icon } from './chathub-dom.js';
import { Language, pickLanguage } from './chathub-language.js';
import { SafeStorage } from './chathub-outbox.js';
import { COMMON } from './chathub-strings.js';
import { controls, tokens } from './chathub-style.js';
import './chathub-talk.js';

const STATUSES = ['online', 'busy', 'away', 'offline'];
const SHORTCUTS = [['Alt A', 'accept'], ['Alt X', 'decline'], ['Alt ↓  Alt ↑', 'next'],
  ['Alt M', 'write'], ['Alt W', 'end'], ['Enter', 'send'], ['?', 'help']];

const storage = new SafeStorage(() => globalThis.sessionStorage);

class ChathubConsole extends HTMLElement {
  client = null;
  language = new Language('en', COMMON, CONSOLE);
  selected = null;
  hands = new ConsoleHands({ app: this, attempt: (act) => this.#attempt(act),
    dialog: () => this.#parts.dialog });
  #lists;
  #parts = {};
  #announced = new Set();

  connectedCallback() {
    document.adoptedStyleSheets = [tokens, controls];
    const who = agentOfLink(storage);
    this.language = this.#speaking(pickLanguage(localLanguage(), navigator.languages));
    if (!who) {
      this.#showNotice(this.language.say('login.title'), this.language.say('login.text'));
      return;
    }
    const url = new URL('/v1/ws', location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    this.client = new AgentClient({
      url: url.href,
      site: who.site,
      role: who.role,
      token: who.token,
      storage,
      prefix: `chathub:${who.site}:${who.sub}:`,
      locale: this.language.tag,
      window: globalThis,
    });
    this.#build();
    this.#setUp();
    this.client.addEventListener('change', (event) => this.#change(event.detail));
    this.client.open();
    document.addEventListener('keydown', (event) => this.#key(event));
    setInterval(() => this.#draw(), 1000);
  }

  /** Chats in the order they came, so that none moves away under the pointer. */
  get chats() {
    return [...this.client.conversations.values()]
      .filter((one) => ['active', 'wrapup', 'closed'].includes(one.state));
  }

  // Doing

  select(conversation) {
    this.selected = conversation;
    if (conversation) storage.set(this.client.nameOf('selected'), conversation.id);
    else storage.remove(this.client.nameOf('selected'));
    this.classList.toggle('reads', Boolean(conversation));
    this.#parts.chat.hidden = !conversation;
    if (conversation) {
      this.#parts.talk.show(conversation);
      this.#parts.composer.open(this.client.nameOf(`draft:${conversation.id}`),
        { limitBytes: this.client.limits.message_bytes });
      if (matchMedia('(pointer: fine)').matches) this.#parts.composer.focus();
    }
    this.#draw();
  }

  async accept(conversation) {
    if (await this.#attempt(() => this.client.accept(conversation), 'offer.missed')) {
      this.select(conversation);
    }
  }

  decline(conversation) { return this.#attempt(() => this.client.decline(conversation)); }

  takeMessage(message) {
    return this.#attempt(async () => this.select(await this.client.takeMessage(message)));
  }

  async #setStatus(status) {
    await this.#attempt(() => this.client.setStatus(status));
    this.#draw();
  }

  async #end(conversation) {
    if (!conversation.isOpen) {
      this.#leave(conversation);
      return;
    }
    const { dialog } = this.#parts;
    const { language } = this;
    const name = customerName(conversation, language);
    const yes = el('button', { class: 'button primary', value: 'yes' }, language.say('end.yes'));
    dialog.replaceChildren(el('form', { method: 'dialog' },
      el('p', {}, language.say('end.sure', { name })),
      el('div', { class: 'act' }, yes,
        el('button', { class: 'button', value: '' }, language.say('cancel')))));
    dialog.returnValue = '';
    dialog.onclose = async () => {
      if (dialog.returnValue !== 'yes') return;
      if (await this.#attempt(() => this.client.end(conversation))) this.#leave(conversation);
    };
    dialog.showModal();
    yes.focus();
  }

  /** Off the list, and on to the next one. */
  #leave(conversation) {
    const index = this.chats.indexOf(conversation);
    this.client.dismiss(conversation);
    this.select(this.chats[Math.min(index, this.chats.length - 1)] ?? null);
  }

  /** Runs a request; a refusal is said, nothing else happens. Answers whether it was done. */
  async #attempt(act, words = null) {
    try {
      await act();
      return true;
    } catch (error) {
      if (!error.code) throw error;
      this.#say(words && error.code === 'no_offer'
        ? this.language.say(words) : this.language.sayCode(error.code));
      return false;
    }
  }

  // Building

  #build() {
    const parts = this.#parts;
    const button = (name, act, sign) => el('button', { class: name, type: 'button', onclick: act },
      sign && icon(sign));
    this.#lists = new ConsoleLists(this);
    parts.banner = el('div', { class: 'banner', role: 'status', hidden: true });
    parts.hint = el('div', { class: 'banner hint', role: 'status', hidden: true });
    parts.notice = el('div', { class: 'toast', role: 'status', hidden: true });
    parts.alarm = el('div', { class: 'unseen', role: 'alert' });
    parts.load = el('span', { class: 'load' });
    parts.status = el('select', { onchange: () => this.#setStatus(parts.status.value) });
    parts.statusBox = el('label', { class: 'status' },
      el('i', { 'aria-hidden': 'true' }), parts.status);
    parts.me = el('span', { class: 'me' });
    parts.switcher = button('icon-button language', () => this.#switchLanguage());
    parts.help = button('icon-button', () => this.#showHelp(), 'help');
    parts.back = button('icon-button back', () => this.select(null), 'back');
    parts.who = el('div', { class: 'who' });
    parts.end = button('button', () => this.#end(this.selected));
    parts.why = button('button', () => this.hands.why(this.selected.id));
    parts.assign = button('button', () => this.hands.assign(this.selected.id));
    parts.talk = el('chathub-talk');
    parts.composer = el('chathub-composer');
    parts.closed = el('p', { class: 'closed', role: 'status' });
    parts.info = el('aside', { class: 'info' });
    parts.empty = el('div', { class: 'empty' });
    parts.chat = el('section', { class: 'chat-pane', hidden: true },
      el('header', {}, parts.back, parts.who, parts.why, parts.assign,
        parts.end), parts.talk,
      el('footer', {}, parts.closed, parts.composer));
    parts.dialog = el('dialog');
    parts.composer.addEventListener('chathub-submit', ({ detail }) => {
      this.client.send(this.selected, detail.text);
      parts.talk.toBottom();
    });
    parts.composer.addEventListener('chathub-typing', ({ detail }) => {
      if (this.selected?.state === 'active') this.client.setTyping(this.selected, detail.isTyping);
    });
    this.replaceChildren(
      el('header', { class: 'top' }, el('strong', { class: 'brand' }, 'chathub'), parts.me,
        parts.load, parts.statusBox, parts.switcher, parts.help),
      parts.banner, parts.hint,
      el('div', { class: 'columns' },
        el('nav', { class: 'lists' }, this.#lists.nodes),
        el('main', {}, parts.empty, parts.chat), parts.info),
      parts.notice, parts.alarm, parts.dialog,
    );
  }

  #speaking(tag) {
    document.documentElement.lang = tag;
    return new Language(tag, COMMON, CONSOLE);
  }

  /** Everything that is written once per language. */
  #setUp() {
    const { language } = this;
    const parts = this.#parts;
    parts.talk.setUp({ language, client: this.client, nameOf: (from) => this.#nameOf(from) });
    parts.composer.setUp({ language, storage });
    parts.status.setAttribute('aria-label', language.say('status'));
    parts.status.replaceChildren(...STATUSES.map((status) => el('option', { value: status },
      language.say(`status.${status}`))));
    parts.switcher.textContent = language.say('language');
    const named = [['switcher', 'language.label'], ['help', 'help'], ['back', 'back']];
    for (const [part, key] of named) {
      parts[part].setAttribute('aria-label', language.say(key));
      parts[part].title = language.say(key);
    }
    this.#drawMe();
    this.#draw();
  }

  #switchLanguage() {
    const tag = this.language.tag === 'en' ? 'zh-CN' : 'en';
    keepLanguage(tag);
    this.language = this.#speaking(tag);
    this.#setUp();
  }

  #nameOf(from) {
    if (from.role === 'customer') return customerName(this.selected, this.language);
    if (from.role === 'bot') return from.name ?? this.language.say('robot');
    return from.name ?? (from.id === this.client.me?.id ? this.client.me.name : null) ?? from.id;
  }

  // Drawing

  #change(detail) {
    const { what, conversation } = detail;
    if (what === 'gone' && conversation === this.selected) this.select(null);
    if (what === 'welcome') this.#welcome();
    this.#parts.talk.change(detail);
    if (what === 'session') this.#alarm(conversation);
    this.#draw();
  }

  /** After a reload the chat one was in is open again. */
  #welcome() {
    this.#drawMe();
    if (this.selected) return;
    const kept = this.client.conversations.get(storage.get(this.client.nameOf('selected')));
    if (kept && this.chats.includes(kept)) this.select(kept);
  }

  #drawMe() {
    const { me } = this.client;
    if (!me) return;
    const role = me.role === 'supervisor' ? this.language.say('role.supervisor') : null;
    const words = new Set([me.name ?? me.id, role].filter(Boolean));
    this.#parts.me.textContent = [...words].join(' · ');
  }

  #alarm(conversation) {
    if (conversation.state !== 'offered') {
      this.#announced.delete(conversation.id);
    } else if (!this.#announced.has(conversation.id)) {
      this.#announced.add(conversation.id);
      const what = [customerName(conversation, this.language), conversation.topic].filter(Boolean);
      this.#parts.alarm.textContent = this.language.say('offer.label', { what: what.join(', ') });
    }
  }

  #draw() {
    const { agent, connection } = this.client;
    const parts = this.#parts;
    const { language } = this;
    this.#lists.draw();
    if (agent) {
      if (document.activeElement !== parts.status) parts.status.value = agent.status;
      parts.statusBox.dataset.status = agent.status;
      const { held = 0, capacity } = agent;
      parts.load.textContent = language.say('load', { held, capacity });
    }
    const isHere = Boolean(agent) && connection.name !== 'stopped';
    parts.statusBox.hidden = !isHere;
    parts.load.hidden = !isHere;
    this.#drawBanner(connection);
    const goOnline = () => this.#setStatus('online');
    drawHint(parts.hint, this, isHere, goOnline);
    drawEmpty(parts.empty, this, goOnline);
    this.#drawChat();
    const unread = this.client.offers.length
      + this.chats.reduce((sum, one) => sum + one.unread(this.client.me), 0);
    document.title = `${unread ? `(${unread}) ` : ''}${language.say('title')}`;
  }

  #drawBanner({ name, code, retryAt, isSilent }) {
    const { banner } = this.#parts;
    // Without a chat open, the middle says what became of a link that has ended.
    const isLost = (name === 'stopped' && this.selected) || isSilent
      || (name === 'waiting' && retryAt - Date.now() > 0)
      || (name === 'connecting' && !banner.hidden);
    banner.hidden = !isLost;
    const state = `${name}:${code}:${this.language.tag}`;
    if (!isLost || banner.dataset.state === state) return;
    banner.dataset.state = state;
    banner.replaceChildren(el('span', {}, name === 'stopped'
      ? this.language.sayCode(code) : this.language.say('link.offline')),
    name === 'waiting' ? el('button', {
      class: 'link', type: 'button', onclick: () => this.client.link.probe(),
    }, this.language.say('retry')) : '');
  }

  #drawChat() {
    const { who, why, assign, end, closed, composer, info } = this.#parts;
    const chat = this.selected;
    info.hidden = !chat;
    if (!chat) return;
    const { language } = this;
    const name = customerName(chat, language);
    const isAway = chat.isOpen && !chat.isOtherThere;
    const below = [chat.topic, isAway && language.say('away')].filter(Boolean).join(' · ');
    who.replaceChildren(
      el('span', { class: 'avatar', 'aria-hidden': 'true' }, customerInitial(chat, language)),
      el('div', {}, el('h1', {}, el('bdi', {}, name), levelBadge(chat.level, language) ?? ''),
        el('p', {}, below)),
    );
    end.textContent = language.say(chat.isOpen ? 'end' : 'done');
    why.textContent = language.say('why');
    assign.textContent = language.say('assign');
    assign.hidden = this.client.role !== 'supervisor' || chat.state !== 'active';
    composer.hidden = !chat.isOpen;
    closed.hidden = chat.isOpen;
    const reason = language.has(`closed.${chat.closeReason}`) ? chat.closeReason : 'other';
    if (!chat.isOpen) closed.textContent = language.say(`closed.${reason}`);
    const shown = JSON.stringify([chat.id, chat.customer, chat.level, chat.topic, language.tag]);
    if (info.dataset.shown === shown) return;
    info.dataset.shown = shown;
    info.replaceChildren(...customerPanel(chat, this.client.agent, language));
  }

  #say(words) {
    const { notice } = this.#parts;
    notice.textContent = words;
    notice.hidden = false;
    clearTimeout(this.noticeTimer);
    this.noticeTimer = setTimeout(() => { notice.hidden = true; }, 6000);
  }

  #showNotice(title, text) {
    this.replaceChildren(el('main', { class: 'alone' }, icon('chat', 44), el('h1', {}, title),
      el('p', {}, text)));
  }

  // Keyboard

  #key(event) {
    const isWriting = event.composedPath()[0].matches?.('textarea, input, select');
    if (event.key === '?' && !isWriting) this.#showHelp();
    if (!event.altKey || event.ctrlKey || event.metaKey || this.#parts.dialog.open) return;
    const [offer] = this.client.offers;
    const act = {
      KeyA: offer && (() => this.accept(offer)),
      KeyX: offer && (() => this.decline(offer)),
      KeyM: () => this.#parts.composer.focus(),
      KeyW: this.selected && (() => this.#end(this.selected)),
      ArrowDown: () => this.#step(1),
      ArrowUp: () => this.#step(-1),
    }[event.code];
    if (!act) return;
    event.preventDefault();
    act();
  }

  #step(by) {
    const { chats } = this;
    if (chats.length === 0) return;
    const index = chats.indexOf(this.selected);
    this.select(chats[(index + by + chats.length) % chats.length]);
  }

  #showHelp() {
    const { dialog } = this.#parts;
    dialog.onclose = null;
    dialog.replaceChildren(el('form', { method: 'dialog' },
      el('h2', {}, this.language.say('help')),
      el('dl', {}, SHORTCUTS.map(([keys, name]) => [el('dt', {}, el('kbd', {}, keys)),
        el('dd', {}, this.language.say(`key.${name}`))])),
      el('div', { class: 'act' }, el('button', { class: 'button primary' },
        this.language.say('help.close')))));
    dialog.showModal();
  }
}

const everywhere = new SafeStorage(() => globalThis.localStorage);
const localLanguage = () => everywhere.get('chathub:console:language');
const keepLanguage = (tag) => everywhere.set('chathub:console:language', tag);

customElements.define('chathub-console', ChathubConsole);
document.body.append(document.createElement('chathub-console'));
// Another signed link opened in this tab: be that person from the start.
globalThis.addEventListener('hashchange', () => location.reload());
