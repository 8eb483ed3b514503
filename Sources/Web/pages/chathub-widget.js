// <chathub-widget>: the customer's side, in a shadow root so that neither side's styles leak. Made
// by widget.js, or by hand: <chathub-widget site="demo" hub="https://hub.example">.
//
// Attributes: site, hub (default: where this file came from), level, topic, token, locale, title,
// attr-NAME. Methods: open(), close(). It connects when it is first opened, or at once when this
// visitor has been here before, so that a page view alone costs the hub nothing.
import { ChoiceCard } from './chathub-choices.js';
import './chathub-composer.js';
import { CustomerClient } from './chathub-customer.js';
import { el, icon, initial } from './chathub-dom.js';
import { Language, pickLanguage } from './chathub-language.js';
import { SafeStorage } from './chathub-outbox.js';
import { WIDGET } from './chathub-strings.js';
import { controls, tokens } from './chathub-style.js';
import './chathub-talk.js';
import { drawQueue, placeInWords } from './chathub-widget-queue.js';
import { widgetStyle } from './chathub-widget-style.js';

const BANNER_AFTER_MILLISECONDS = 1500;
const POSITION_SAID_EVERY_MILLISECONDS = 30_000;
const PAGE_BYTES = 2000;
const tabStorage = new SafeStorage(() => globalThis.sessionStorage);

export class ChathubWidget extends HTMLElement {
  #language;
  #storage;
  #prefix;
  #client;
  #conversation = null;
  #isOpen = false;
  #isConnected = false;
  #asks = null;
  #parts = {};
  #bannerTimer = null;
  #showsBanner = false;
  #saidPosition = { at: 0, words: '' };

  connectedCallback() {
    if (this.shadowRoot) return;
    this.#storage = new SafeStorage(() => globalThis.localStorage);
    const hub = new URL(this.getAttribute('hub') ?? '.', import.meta.url);
    this.#prefix = `chathub:${hub.host}:${this.getAttribute('site')}:`;
    this.#client = this.#makeClient(hub);
    this.#client.addEventListener('change', (event) => this.#change(event.detail));
    this.#build();
    this.#speak(pickLanguage(this.#storage.get(`${this.#prefix}language`),
      this.getAttribute('locale'), navigator.languages));
    globalThis.addEventListener('storage', (event) => this.#changedElsewhere(event));
    if (this.#storage.get(`${this.#prefix}me`) || this.getAttribute('token')) this.#connect();
    if (tabStorage.get(`${this.#prefix}open`)) this.open(false);
  }

  static observedAttributes = ['locale'];

  attributeChangedCallback(_, before, now) {
    if (before !== null && before !== now && this.shadowRoot) this.#speak(pickLanguage(now));
  }

  /** A page that only moves its elements has this one back before the task is over. */
  disconnectedCallback() {
    queueMicrotask(() => { if (!this.isConnected && this.#isConnected) this.#client.close(); });
  }

  open(takesFocus = true) {
    this.#connect();
    this.#isOpen = true;
    tabStorage.set(`${this.#prefix}open`, '1');
    this.#draw();
    this.#parts.talk.toBottom();
    const { composer, panel } = this.#parts;
    if (takesFocus) (composer.isConnected && !composer.hidden ? composer : panel).focus();
  }

  close() {
    this.#isOpen = false;
    tabStorage.remove(`${this.#prefix}open`);
    this.#draw();
    this.#parts.launcher.focus();
  }

  #makeClient(hub) {
    const url = new URL('/v1/ws', hub);
    url.protocol = hub.protocol === 'https:' ? 'wss:' : 'ws:';
    return new CustomerClient({
      url: url.href,
      site: this.getAttribute('site'),
      token: this.getAttribute('token'),
      storage: this.#storage,
      prefix: this.#prefix,
      locale: pickLanguage(this.getAttribute('locale'), navigator.languages),
      page: () => this.#page(),
      attributes: () => this.#attributes(),
      window: globalThis,
    });
  }

  /** What the page says of itself. The fragment stays here: it may hold somebody's token. */
  #page() {
    const url = new URL(location.href);
    url.hash = '';
    return {
      url: url.href.slice(0, PAGE_BYTES),
      title: document.title.slice(0, 200),
      referrer: document.referrer.slice(0, PAGE_BYTES) || undefined,
      device: matchMedia('(pointer: coarse)').matches ? 'phone' : 'desktop',
      level: this.getAttribute('level') ?? undefined,
    };
  }

  #attributes() {
    const own = [...this.attributes].filter(({ name }) => name.startsWith('attr-'));
    if (own.length === 0) return undefined;
    return Object.fromEntries(own.map(({ name, value }) => [name.slice(5), value]));
  }

  #connect() {
    if (this.#isConnected) return;
    this.#isConnected = true;
    this.#client.open();
  }

  /** Another tab of this visitor became somebody: be the same person, unless we talk already. */
  #changedElsewhere(event) {
    if (event.key !== `${this.#prefix}me` || !event.newValue || this.#conversation) return;
    if (!this.#isConnected) this.#connect();
    else if (JSON.parse(event.newValue).id !== this.#client.me?.id) this.#client.link.renew();
  }

  // Building

  #build() {
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [tokens, controls, widgetStyle];
    const button = (name, act, sign) => el('button', {
      class: name, type: 'button', onclick: act,
    }, sign && icon(sign));
    const parts = {
      launcher: button('launcher', () => (this.#isOpen ? this.close() : this.open())),
      avatar: el('div', { class: 'avatar', 'aria-hidden': 'true' }),
      title: el('h2', { id: 'title' }),
      subtitle: el('p'),
      switcher: button('icon-button language', () => this.#switchLanguage()),
      end: button('icon-button', () => this.#ask('end'), 'end'),
      hide: button('icon-button', () => this.close(), 'down'),
      banner: el('div', { class: 'banner', role: 'status', hidden: true }),
      sure: el('div', { class: 'sure', hidden: true }),
      queue: el('section', { class: 'queue', hidden: true }),
      choice: new ChoiceCard(this.#client, () => this.getAttribute('topic')),
      talk: el('chathub-talk'),
      footer: el('footer'),
      composer: el('chathub-composer'),
      // A person waiting in line is told of it politely and rarely; nothing else is said here.
      said: el('div', { class: 'unseen', role: 'status', 'aria-live': 'polite' }),
    };
    this.#parts = parts;
    parts.panel = el('section', {
      class: 'panel', role: 'dialog', 'aria-labelledby': 'title', tabindex: -1, hidden: true,
      onkeydown: (event) => { if (event.key === 'Escape' && !event.isComposing) this.close(); },
    },
    el('header', {}, parts.avatar, el('div', { class: 'title' }, parts.title, parts.subtitle),
      parts.switcher, parts.end, parts.hide),
    parts.banner, parts.queue, parts.choice.node, parts.sure, parts.talk, parts.footer, parts.said);
    parts.talk.isSeen = () => this.#isOpen && document.visibilityState === 'visible';
    parts.composer.addEventListener('chathub-submit', ({ detail }) => this.#submit(detail.text));
    parts.composer.addEventListener('chathub-typing', ({ detail }) => {
      if (this.#conversation?.isOpen) this.#client.setTyping(this.#conversation, detail.isTyping);
    });
    parts.frame = el('div', { class: 'frame' }, parts.panel, parts.launcher);
    root.append(parts.frame);
  }

  #speak(tag) {
    this.#language = new Language(tag, WIDGET);
    const say = (key) => this.#language.say(key);
    const parts = this.#parts;
    parts.frame.lang = tag;
    parts.composer.setUp({ language: this.#language, storage: this.#storage });
    parts.talk.setUp({
      language: this.#language, client: this.#client, nameOf: (from) => this.#nameOf(from),
    });
    parts.switcher.textContent = say('language');
    parts.switcher.lang = tag === 'en' ? 'zh-CN' : 'en';
    for (const [part, key] of [['switcher', 'language.label'], ['end', 'end.label'],
      ['hide', 'panel.close']]) {
      parts[part].setAttribute('aria-label', say(key));
      parts[part].title = say(key);
    }
    this.#show();
    this.#draw();
  }

  #switchLanguage() {
    const tag = this.#language.tag === 'en' ? 'zh-CN' : 'en';
    this.#storage.set(`${this.#prefix}language`, tag);
    this.#speak(tag);
  }

  #nameOf(from) {
    if (from.role === 'customer') return this.#language.say('you');
    if (from.role === 'bot') return from.name ?? this.#language.say('robot');
    const { agent } = this.#conversation ?? {};
    return from.name ?? (agent?.id === from.id ? agent.name : null) ?? this.#language.say('agent');
  }

  // Doing

  #submit(text) {
    if (this.#conversation?.isOpen) this.#client.send(this.#conversation, text);
    else this.#client.startSession(text, this.getAttribute('topic'));
    this.#parts.talk.toBottom();
  }

  #ask(question) {
    this.#asks = this.#asks === question ? null : question;
    this.#draw();
    if (this.#asks) this.#parts.sure.querySelector('button')?.focus();
  }

  async #finish() {
    const conversation = this.#conversation;
    const question = this.#asks;
    this.#asks = null;
    this.#draw();
    try {
      await this.#client.end(conversation, `session.${question === 'leave' ? 'leave' : 'close'}`);
    } catch (error) {
      if (!error.code) throw error;
      this.#say(this.#language.sayCode(error.code));
    }
  }

  #startAgain() {
    this.#client.dismiss(this.#conversation);
    this.#parts.composer.focus();
  }

  // Drawing

  #change(detail) {
    const { what, conversation } = detail;
    if (what === 'gone' && conversation === this.#conversation) this.#conversation = null;
    this.#choose();
    this.#parts.talk.change(detail);
    if (what === 'connection') this.#watchLink();
    if (what === 'session' && conversation === this.#conversation) this.#sayPosition();
    this.#draw();
  }

  /** The open session, else the one that just ended: a customer has one at a time. */
  #choose() {
    const all = [...this.#client.conversations.values()].filter((one) => one.state !== null);
    const chosen = all.find((one) => one.isOpen) ?? this.#conversation ?? all.at(-1) ?? null;
    if (chosen === this.#conversation && this.#parts.shown === chosen) return;
    this.#conversation = chosen;
    this.#show();
  }

  #show() {
    this.#parts.shown = this.#conversation;
    this.#parts.talk.show(this.#conversation, this.#language.say('greeting'));
  }

  #draw() {
    const { launcher, panel, frame, footer, composer, end, sure } = this.#parts;
    const conversation = this.#conversation;
    const isClosed = conversation?.state === 'closed';
    panel.hidden = !this.#isOpen;
    frame.classList.toggle('open', this.#isOpen);
    this.#drawLauncher(launcher);
    this.#drawHeader(conversation);
    drawQueue(this.#parts.queue, conversation, this.#language, () => this.#ask('leave'));
    this.#parts.choice.draw(conversation, this.#language);
    this.#drawBanner();
    end.hidden = !conversation?.isOpen || conversation.state === 'queued';
    if (!conversation?.isOpen) this.#asks = null;
    sure.hidden = !this.#asks;
    sure.replaceChildren(...(this.#asks ? this.#question() : []));
    if (isClosed !== (footer.firstChild?.className === 'again') || !footer.firstChild) {
      footer.replaceChildren(isClosed ? this.#ending(conversation) : composer);
    }
    composer.open(`${this.#prefix}draft`, { limitBytes: this.#client.limits.message_bytes });
    composer.isHeld = Boolean(this.#client.starting && !this.#client.starting.choices);
    composer.hidden = this.#client.connection.name === 'stopped' || this.#parts.choice.takesText;
  }

  #drawLauncher(launcher) {
    const unread = this.#isOpen ? 0 : this.#conversation?.unread(this.#client.me) ?? 0;
    const label = this.#isOpen ? this.#language.say('panel.close')
      : this.#language.say(unread ? 'launcher.unread' : 'launcher.open', { n: unread });
    launcher.setAttribute('aria-label', label);
    launcher.setAttribute('aria-expanded', String(this.#isOpen));
    launcher.replaceChildren(icon(this.#isOpen ? 'down' : 'chat', 27), unread
      ? el('span', { class: 'badge', 'aria-hidden': 'true' }, String(Math.min(unread, 99))) : '');
  }

  #drawHeader(conversation) {
    const { avatar, title, subtitle } = this.#parts;
    const state = { offered: 'queued', wrapup: 'active' }[conversation?.state]
      ?? conversation?.state ?? 'new';
    const agent = state === 'active' ? conversation.agent?.name : null;
    const house = this.getAttribute('title') || this.#language.say('title');
    title.textContent = agent ?? (this.#language.has(`title.${state}`)
      ? this.#language.say(`title.${state}`) : house);
    subtitle.textContent = this.#language.say(`subtitle.${state}`);
    avatar.replaceChildren(agent ? initial(agent) : icon('chat', 19));
  }

  #question() {
    const leaves = this.#asks === 'leave';
    return [
      el('span', {}, this.#language.say(leaves ? 'queue.leaveSure' : 'end.sure')),
      el('button', { class: 'button danger', type: 'button', onclick: () => this.#finish() },
        this.#language.say(leaves ? 'queue.leaveYes' : 'end.yes')),
      el('button', { class: 'button', type: 'button', onclick: () => this.#ask(null) },
        this.#language.say('cancel')),
    ];
  }

  #ending(conversation) {
    const reason = ['customer', 'agent', 'left', 'left_message'].includes(conversation.closeReason)
      ? conversation.closeReason : 'other';
    return el('div', { class: 'again' },
      el('p', {}, this.#language.say(`ended.${reason}`)),
      el('button', { class: 'button primary', type: 'button', onclick: () => this.#startAgain() },
        this.#language.say('again')));
  }

  // The connection, as it really is

  #watchLink() {
    const { name, isSilent } = this.#client.connection;
    if ((name === 'ready' && !isSilent) || name === 'idle') {
      clearTimeout(this.#bannerTimer);
      this.#bannerTimer = null;
      this.#showsBanner = false;
    } else if (name === 'stopped' || isSilent) {
      this.#showsBanner = true;
    } else {
      this.#bannerTimer ??= setTimeout(() => {
        this.#showsBanner = true;
        this.#draw();
      }, BANNER_AFTER_MILLISECONDS);
    }
  }

  #drawBanner() {
    const { banner } = this.#parts;
    const { name, code } = this.#client.connection;
    const state = this.#showsBanner ? `${name}:${code ?? ''}:${this.#language.tag}` : '';
    if (banner.dataset.state === state) return;
    banner.dataset.state = state;
    banner.hidden = !this.#showsBanner;
    if (banner.hidden) return;
    const words = name === 'stopped' ? this.#language.sayCode(code)
      : this.#language.say(name === 'connecting' ? 'link.again' : 'link.offline');
    banner.replaceChildren(el('span', {}, words), name === 'waiting' ? el('button', {
      class: 'link', type: 'button', onclick: () => this.#client.link.probe(),
    }, this.#language.say('retry')) : '');
  }

  /** The place in line for screen readers: when it changes, at most every half minute. */
  #sayPosition() {
    const conversation = this.#conversation;
    if (conversation.state === 'active' && this.#saidPosition.words) {
      const name = conversation.agent?.name ?? this.#language.say('agent');
      this.#say(this.#language.say('joined', { name }));
      this.#saidPosition = { at: 0, words: '' };
    }
    if (conversation.state !== 'queued' || !this.#isOpen) return;
    const words = placeInWords(conversation, this.#language);
    const isEarly = Date.now() - this.#saidPosition.at < POSITION_SAID_EVERY_MILLISECONDS;
    if (words === this.#saidPosition.words || (isEarly && conversation.position !== 1)) return;
    this.#saidPosition = { at: Date.now(), words };
    this.#say(words);
  }

  #say(words) { this.#parts.said.textContent = words; }
}

if (!customElements.get('chathub-widget')) customElements.define('chathub-widget', ChathubWidget);
