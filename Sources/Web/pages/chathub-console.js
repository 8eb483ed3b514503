// <chathub-console>: where an agent works: offers, own chats and the queue on the left, one chat in
// the middle, the customer beside it. The signed link's token comes in the address's fragment
// (`#token=...&site=demo`), is kept for this tab and leaves the address at once.
//
// This element signs in, holds what is selected and puts the parts together; each part draws
// itself from `app`, which is this element.
import { AgentClient } from './chathub-agent.js';
import { ConsoleAttention } from './chathub-console-attention.js';
import { ConsoleChat } from './chathub-console-chat.js';
import { ConsoleCustomer } from './chathub-console-customer.js';
import { ConsoleDialog } from './chathub-console-dialog.js';
import { ConsoleHands } from './chathub-console-hands.js';
import { AskedStrip, drawBanner, drawEmpty, drawHint } from './chathub-console-hint.js';
import './chathub-console-icons.js';
import { watchKeys } from './chathub-console-keys.js';
import { ConsoleLists } from './chathub-console-lists.js';
import { customerName, movedWords } from './chathub-console-people.js';
import { ConsoleSettings } from './chathub-console-settings.js';
import { CONSOLE } from './chathub-console-strings.js';
import { mayDo } from './chathub-console-tools.js';
import { ConsoleTop } from './chathub-console-top.js';
import { buttons } from './chathub-buttons.js';
import { el, icon } from './chathub-dom.js';
import { pickLanguage } from './chathub-language.js';
import { agentOfLink } from './chathub-link.js';
import { SafeStorage } from './chathub-outbox.js';
import { COMMON } from './chathub-strings.js';
import { PageLanguage } from './chathub-page-language.js';
import { pageTokens } from './chathub-page-style.js';
import { controls, tokens } from './chathub-style.js';

const session = new SafeStorage(() => globalThis.sessionStorage);
const everywhere = new SafeStorage(() => globalThis.localStorage);

class ChathubConsole extends HTMLElement {
  client = null;
  /** For this tab: drafts, what is open. */
  storage = session;
  language = new PageLanguage('en', COMMON, CONSOLE);
  selected = null;
  dialog = new ConsoleDialog();
  settings;
  attention;
  hands = new ConsoleHands(this);
  /** What the signed link says. */
  link;
  #top;
  #lists;
  #chat;
  #customer;
  #asked = new AskedStrip();
  #parts = {};
  #announced = new Set();

  connectedCallback() {
    document.adoptedStyleSheets = [tokens, pageTokens, controls, buttons];
    const who = agentOfLink(session);
    this.language = this.#speaking(
      pickLanguage(everywhere.get('chathub:console:language'), navigator.languages));
    if (!who) {
      this.replaceChildren(el('main', { class: 'alone' }, icon('chat', 44),
        el('h1', {}, this.language.say('login.title')),
        el('p', {}, this.language.say('login.text'))));
      return;
    }
    this.link = who;
    const url = new URL('/v1/ws', location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    this.client = new AgentClient({
      url: url.href,
      site: who.site,
      role: who.role,
      token: who.token,
      storage: session,
      prefix: `chathub:${who.site}:${who.sub}:`,
      locale: this.language.tag,
      window: globalThis,
    });
    this.settings = new ConsoleSettings(everywhere, this.client.nameOf('settings'));
    this.attention = new ConsoleAttention(this.settings, (id) => this.#openById(id));
    this.#build();
    this.#speak();
    this.client.addEventListener('change', (event) => this.#change(event.detail));
    this.client.open();
    watchKeys(this, () => this.#acts());
    setInterval(() => this.#draw(), 1000);
  }

  /** Chats in the order they came, so that none moves away under the pointer. */
  get chats() {
    return [...this.client.conversations.values()].filter((one) => one.state === 'closed'
      || ['owner', 'joined', 'watching'].includes(this.client.standing(one)));
  }

  // Doing

  /** Opens a chat in the middle; null: none. */
  select = (conversation) => {
    this.selected = conversation;
    if (conversation) {
      session.set(this.client.nameOf('selected'), conversation.id);
      this.attention.settle(conversation.id);
    } else {
      session.remove(this.client.nameOf('selected'));
    }
    this.classList.toggle('reads', Boolean(conversation));
    this.classList.remove('looks');
    this.#chat.show(conversation);
    this.#customer.open(conversation);
    this.#draw();
  };

  accept = async (conversation) => {
    if (this.client.standing(conversation) === 'invited') {
      this.hands.join(conversation);
      return;
    }
    if (await this.attempt(() => this.client.accept(conversation), 'offer.missed')) {
      this.select(conversation);
    }
  };

  decline = (conversation) => (this.client.standing(conversation) === 'invited'
    ? this.hands.leave(conversation) : this.attempt(() => this.client.decline(conversation)));

  /** What the hub keeps of a customer, if it was asked. */
  recordOf = (customer) => this.#customer.recordOf(customer);

  takeMessage = (message) => this.attempt(
    async () => this.select(await this.client.takeMessage(message)));

  setStatus = async (status, more = {}) => {
    await this.attempt(() => this.client.setStatus(status, more));
    this.#draw();
  };

  switchLanguage = () => {
    const tag = this.language.tag === 'en' ? 'zh-CN' : 'en';
    everywhere.set('chathub:console:language', tag);
    this.language = this.#speaking(tag);
    // What was said in the other language is over.
    this.#parts.notice.hidden = true;
    this.#speak();
  };

  /** The customer beside the chat: kept on a wide screen, over the chat on a narrow one. */
  togglePanel = () => {
    if (matchMedia('(max-width: 1100px)').matches) this.classList.toggle('looks');
    else this.settings.set('panel', !this.settings.get('panel'));
    this.#draw();
  };

  end = async (conversation) => {
    if (conversation.isOpen) {
      const { dialog, language } = this;
      const name = customerName(conversation, language);
      const answer = await dialog.ask({
        title: language.say('end.sure', { name }),
        acts: [['yes', language.say('end.yes'), 'primary']],
        dismiss: language.say('cancel'),
      });
      if (!answer || !await this.attempt(() => this.client.end(conversation))) return;
      // Some sites give time to write down what it was about.
      if (conversation.state === 'wrapup') return;
    }
    this.leave(conversation);
  };

  /** Off the list, and on to the next one. */
  leave = (conversation) => {
    session.remove(this.client.nameOf(`wrap:${conversation.id}`));
    const index = this.chats.indexOf(conversation);
    this.client.dismiss(conversation);
    this.select(this.chats[Math.min(index, this.chats.length - 1)] ?? null);
  };

  /** Runs a request; a refusal is said, nothing else happens. Answers whether it was done. */
  attempt = async (act, words = null) => {
    try {
      await act();
      return true;
    } catch (error) {
      if (!error.code) throw error;
      this.say(words && error.code === 'no_offer'
        ? this.language.say(words) : this.language.sayCode(error.code));
      return false;
    }
  };

  /** A line at the bottom that goes away by itself. */
  say = (words) => {
    const { notice } = this.#parts;
    notice.textContent = words;
    notice.hidden = false;
    clearTimeout(this.noticeTimer);
    this.noticeTimer = setTimeout(() => { notice.hidden = true; }, 6000);
  };

  #openById(id) {
    const conversation = this.client.conversations.get(id);
    if (conversation && this.chats.includes(conversation)) this.select(conversation);
  }

  // Building

  #build() {
    const parts = this.#parts;
    this.#top = new ConsoleTop(this);
    this.#lists = new ConsoleLists(this);
    this.#chat = new ConsoleChat(this);
    this.#customer = new ConsoleCustomer(this);
    parts.banner = el('div', { class: 'banner', role: 'status', hidden: true });
    parts.hint = el('div', { class: 'banner hint', role: 'status', hidden: true });
    parts.notice = el('div', { class: 'toast', role: 'status', hidden: true });
    parts.alarm = el('div', { class: 'unseen', role: 'alert' });
    parts.empty = el('div', { class: 'empty' });
    this.replaceChildren(
      this.#top.node, parts.banner, parts.hint, this.#asked.node,
      el('div', { class: 'columns' },
        el('nav', { class: 'lists' }, this.#lists.nodes),
        el('main', {}, parts.empty, this.#chat.node), this.#customer.node),
      parts.notice, parts.alarm, this.dialog.node,
    );
  }

  #speaking(tag) {
    document.documentElement.lang = tag;
    return new PageLanguage(tag, COMMON, CONSOLE);
  }

  /** Everything that is written once per language. */
  #speak() {
    this.#top.speak();
    this.#chat.speak();
    this.#draw();
  }

  // Drawing

  #change(detail) {
    const { what, conversation, fresh, isLive, rating } = detail;
    if (what === 'gone') {
      this.attention.settle(conversation.id);
      if (conversation === this.selected) this.select(null);
    }
    if (what === 'welcome') this.#welcome();
    this.#chat.change(detail);
    if (what === 'moved') this.#tellMoved(detail);
    if (what === 'session') this.#alarm(conversation);
    if ((what === 'messages' || what === 'notes') && isLive) this.#hear(conversation, fresh);
    if (what === 'set') this.#tellSet();
    if (what === 'rated') {
      const name = conversation ? customerName(conversation, this.language) : rating.customer;
      this.say(this.language.say('rated', { name, score: rating.score }));
    }
    this.#draw();
  }

  /** After a reload the chat one was in is open again. */
  #welcome() {
    if (this.selected) this.#customer.open(this.selected);
    else this.#openById(session.get(this.client.nameOf('selected')));
  }

  /** Somebody is asked: said, rung and shown once for each offer. */
  #alarm(conversation) {
    if (!this.client.offers.includes(conversation)) {
      this.#announced.delete(conversation.id);
      if (this.client.offers.length === 0) this.attention.quiet();
    } else if (!this.#announced.has(conversation.id)) {
      this.#announced.add(conversation.id);
      const { invitation, agent } = conversation;
      const topic = this.client.nameOfTopic(conversation.topic, this.language);
      const name = customerName(conversation, this.language);
      const words = this.client.standing(conversation) === 'invited'
        ? this.language.say('invite.label', { agent: (invitation?.from ?? agent)?.name, name })
        : this.language.say('offer.label', { what: [name, topic].filter(Boolean).join(', ') });
      this.#parts.alarm.textContent = words;
      this.attention.ring(conversation.id, this.language.say('offers'), words,
        () => this.client.offers.length > 0);
    }
  }

  #tellMoved(moved) {
    const words = movedWords(moved, this.client, this.language);
    if (words) this.say(words);
  }

  /** A supervisor changed our status: who, and to what. */
  #tellSet() {
    const { by, status, reason } = this.client.agent;
    const words = [this.language.say(`status.${status}`), reason].filter(Boolean).join(' · ');
    this.say(this.language.say('status.setBy', { name: this.client.nameOfAgent(by), words }));
  }

  #hear(conversation, fresh) {
    const said = fresh.filter((one) => one.from.id !== this.client.me.id && one.kind !== 'system');
    const isLookedAt = conversation === this.selected && document.hasFocus()
      && document.visibilityState === 'visible';
    if (said.length === 0 || isLookedAt || !conversation.isOpen) return;
    this.attention.tell(conversation.id, customerName(conversation, this.language),
      said.at(-1).text ?? said.at(-1).file?.name ?? '');
  }

  #draw() {
    const { agent, connection, me } = this.client;
    const parts = this.#parts;
    const isHere = Boolean(agent) && connection.name !== 'stopped';
    this.#top.draw(isHere);
    this.#lists.draw();
    drawBanner(parts.banner, this);
    const goOnline = () => this.setStatus('online');
    this.#asked.draw(this);
    drawHint(parts.hint, this, isHere, goOnline);
    drawEmpty(parts.empty, this, goOnline);
    this.#chat.draw();
    this.#customer.draw();
    const isLookedAt = document.visibilityState === 'visible' && document.hasFocus();
    if (this.selected && isLookedAt) this.client.notes.markRead(this.selected.id);
    const offers = this.client.offers.length;
    const unread = offers + this.chats.reduce((sum, one) => sum + one.unread(me), 0);
    const title = this.language.say(offers ? 'title.offer' : 'title');
    document.title = `${unread ? `(${unread}) ` : ''}${title}`;
  }

  // Keyboard

  #acts() {
    const [offer] = this.client.offers;
    const may = this.selected ? mayDo(this.selected, this.client) : {};
    return {
      accept: offer && (() => this.accept(offer)),
      decline: offer && (() => this.decline(offer)),
      next: () => this.#step(1, () => true),
      previous: () => this.#step(-1, () => true),
      unread: () => this.#step(1, (one) => one.unread(this.client.me) > 0),
      queue: () => this.#lists.focusQueue(),
      write: this.selected && (() => this.#chat.write('reply')),
      note: this.selected && (() => this.#chat.switchMode()),
      transfer: may.transfer && (() => this.hands.transfer(this.selected)),
      info: this.selected && this.togglePanel,
      end: may.end && (() => this.end(this.selected)),
    };
  }

  /** To the next chat, round and round, that `isWanted`. */
  #step(by, isWanted) {
    const { chats } = this;
    const from = chats.indexOf(this.selected);
    for (let count = 1; count <= chats.length; count += 1) {
      const next = chats[(from + by * count + chats.length * 2) % chats.length];
      if (next !== this.selected && isWanted(next)) {
        this.select(next);
        return;
      }
    }
  }
}

customElements.define('chathub-console', ChathubConsole);
document.body.append(document.createElement('chathub-console'));
// Another signed link opened in this tab: be that person from the start.
globalThis.addEventListener('hashchange', () => location.reload());
