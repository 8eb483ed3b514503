// <chathub-widget>: the customer's side, in a shadow root so that neither side's styles leak. Made
// by widget.js, or by hand: <chathub-widget site="demo" hub="https://hub.example">. Its attributes,
// methods, events and custom properties are in Protocol/widget.md. A page view alone costs the hub
// nothing and the page little: only the launcher is there. What a chat needs is loaded, and the hub
// connected to, when it is first opened, or at once when this visitor has been here before.
import { el, icon } from './chathub-dom.js';
import { Language, pickLanguage } from './chathub-language.js';
import { SafeStorage } from './chathub-outbox.js';
import { controls, tokens } from './chathub-style.js';
import { widgetStyle } from './chathub-widget-style.js';

const PAGE_BYTES = 2000;
const tabStorage = new SafeStorage(() => globalThis.sessionStorage);
const LANGUAGES = {
  en: () => import('./chathub-words-en.js'),
  'zh-CN': () => import('./chathub-words-zh.js'),
};

export class ChathubWidget extends HTMLElement {
  #storage = new SafeStorage(() => globalThis.localStorage);
  #hub = null;
  #prefix;
  #client = null;
  #panel = null;
  #frame = el('div', { class: 'frame' });
  #launcher = el('button', {
    class: 'launcher', type: 'button', onclick: () => (this.#isOpen ? this.close() : this.open()),
  });
  #tag = null;
  #language;
  /** The words of error codes, once one was met. */
  #codes = null;
  #isOpen = false;
  #takesFocus = false;
  #isStarted = false;
  #said = {};
  #willRenew = false;
  /** What the page was told last, by event. */
  #told = {};

  static observedAttributes = ['locale', 'token', 'level'];

  connectedCallback() {
    if (this.#hub) {
      // Taken out of the page for a while and put back.
      if (this.#client?.connection.name === 'stopped') this.#client.open();
      return;
    }
    this.#hub = new URL(this.getAttribute('hub') ?? '.', import.meta.url);
    this.#prefix = `chathub:${this.#hub.host}:${this.getAttribute('site')}:`;
    this.attachShadow({ mode: 'open' }).adoptedStyleSheets = [tokens, controls, widgetStyle];
    globalThis.addEventListener('storage', (event) => this.#changedElsewhere(event));
    this.#speak(pickLanguage(this.#storage.get(`${this.#prefix}language`),
      this.getAttribute('locale'), navigator.languages));
  }

  attributeChangedCallback(name, before, now) {
    if (before === now || !this.#hub) return;
    if (name === 'locale') this.#speak(pickLanguage(now));
    else if (name === 'token') this.#become();
    else this.#renew();
  }

  /** A page that only moves its elements has this one back before the task is over. */
  disconnectedCallback() {
    queueMicrotask(() => { if (!this.isConnected) this.#client?.close(); });
  }

  // What the page may do

  get isOpen() { return this.#isOpen; }
  /** Messages of others that were not read yet. */
  get unread() { return this.#panel?.unread ?? 0; }
  /** `bot`, `queued`, `active` or `closed`; null without a conversation. */
  get state() { return this.#panel?.conversation?.state ?? null; }

  open(takesFocus = true) {
    const isNews = !this.#isOpen;
    this.#isOpen = true;
    if (!this.#language) return;
    tabStorage.set(`${this.#prefix}open`, '1');
    this.#takesFocus = takesFocus;
    if (this.#panel) this.#panel.open(takesFocus);
    else this.#start();
    this.#drawLauncher();
    if (isNews) this.#tell('open');
  }

  close() {
    const isNews = this.#isOpen;
    this.#isOpen = false;
    if (!this.#language) return;
    tabStorage.remove(`${this.#prefix}open`);
    this.#panel?.close();
    this.#drawLauncher();
    this.#launcher.focus();
    if (isNews) this.#tell('close');
  }

  /** A signed customer token says who this is; null: nobody we know. */
  identify(token) {
    if (token) this.setAttribute('token', token);
    else this.removeAttribute('token');
  }

  /** What else is known of the customer: text, numbers, yes or no, lists. Adds to what was said. */
  setAttributes(attributes) {
    Object.assign(this.#said, attributes);
    this.#renew();
  }

  setLevel(level) { this.setAttribute('level', String(level)); }

  /** Calls `act(detail)` at each `ready`, `open`, `close`, `message`, `unread`, `state`. */
  on(event, act) {
    const listener = ({ detail }) => act(detail);
    this.addEventListener(`chathub-${event}`, listener);
    return () => this.removeEventListener(`chathub-${event}`, listener);
  }

  #tell(event, detail = {}) {
    this.dispatchEvent(new CustomEvent(`chathub-${event}`, {
      detail, bubbles: true, composed: true,
    }));
  }

  /** Tells what is different from the last time. */
  #tellNews(event, detail) {
    const news = JSON.stringify(detail);
    if (this.#told[event] === news) return;
    this.#told[event] = news;
    this.#tell(event, detail);
  }

  // The hub

  /** Loads what a chat needs and connects, once; again at the next opening if it failed. */
  async #start() {
    if (this.#isStarted) return;
    this.#isStarted = true;
    try {
      const [{ CustomerClient }, { WidgetPanel }] = await Promise.all([
        import('./chathub-customer.js'), import('./chathub-widget-panel.js'),
      ]);
      this.#client = this.#makeClient(CustomerClient);
      this.#panel = this.#makePanel(WidgetPanel);
    } catch (error) {
      console.error('chathub', error);
      this.#isStarted = false;
      return;
    }
    this.#client.addEventListener('change', ({ detail }) => this.#change(detail));
    this.#panel.speak(this.#language);
    if (this.#isOpen) this.#panel.open(this.#takesFocus);
    this.#client.open();
  }

  #makeClient(CustomerClient) {
    const url = new URL('/v1/ws', this.#hub);
    url.protocol = this.#hub.protocol === 'https:' ? 'wss:' : 'ws:';
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

  #makePanel(WidgetPanel) {
    return new WidgetPanel({
      host: this,
      frame: this.#frame,
      client: this.#client,
      storage: this.#storage,
      speak: (tag) => this.#switchTo(tag),
      close: () => this.close(),
      topic: () => this.getAttribute('topic'),
      attributes: () => this.#attributes(),
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
    const own = [...this.attributes].filter(({ name }) => name.startsWith('attr-'))
      .map(({ name, value }) => [name.slice(5), value]);
    const said = { ...Object.fromEntries(own), ...this.#said };
    return Object.keys(said).length ? said : undefined;
  }

  /** The hub hears what the page says anew, once however much changed. */
  #renew() {
    if (!this.#client || this.#willRenew) return;
    this.#willRenew = true;
    queueMicrotask(() => {
      this.#willRenew = false;
      this.#client.link.renew();
    });
  }

  /** Nobody is taken out of a talk: who somebody else is counts from the next one on. */
  async #become() {
    const { subject } = await import('./chathub-token.js');
    const token = this.getAttribute('token');
    const isSomebodyElse = subject(token) !== this.#client?.me?.id;
    if (this.#panel?.conversation?.isOpen && isSomebodyElse) return;
    if (this.#client) this.#client.become(token);
    else if (token && this.#language) this.#start();
  }

  /** Another tab of this visitor became somebody: be the same person, unless we talk already. */
  #changedElsewhere(event) {
    if (!this.isConnected) return;
    if (event.key !== `${this.#prefix}me` || !event.newValue || this.#panel?.conversation) return;
    if (!this.#client) this.#start();
    else if (JSON.parse(event.newValue).id !== this.#client.me?.id) this.#client.link.renew();
  }

  // Showing

  async #speak(tag) {
    this.#tag = tag;
    const { WORDS } = await LANGUAGES[tag]();
    if (tag !== this.#tag) return;
    const isFirst = !this.#language;
    this.#language = new Language(tag, { [tag]: WORDS }, this.#codes ?? {});
    this.#language.onUnknown = () => this.#learnCodes();
    this.#panel?.speak(this.#language);
    this.#drawLauncher();
    if (isFirst) this.#begin();
  }

  #begin() {
    this.#frame.append(this.#launcher);
    this.shadowRoot.append(this.#frame);
    if (this.#isOpen || tabStorage.get(`${this.#prefix}open`)) {
      this.#isOpen = false;
      this.open(false);
    } else if (this.#storage.get(`${this.#prefix}me`) || this.getAttribute('token')) {
      this.#start();
    }
  }

  #drawLauncher() {
    const unread = this.#isOpen ? 0 : this.unread;
    const label = this.#language.say(this.#isOpen ? 'panel.close'
      : unread ? 'launcher.unread' : 'launcher.open', { n: unread });
    this.#frame.lang = this.#language.tag;
    this.#frame.classList.toggle('open', this.#isOpen);
    this.#launcher.ariaLabel = label;
    this.#launcher.ariaExpanded = this.#isOpen;
    this.#launcher.replaceChildren(icon(this.#isOpen ? 'down' : 'chat', 27), unread
      ? el('span', { class: 'badge', 'aria-hidden': 'true' }, String(Math.min(unread, 99))) : '');
  }

  #switchTo(tag) {
    this.#storage.set(`${this.#prefix}language`, tag);
    this.#speak(tag);
  }

  async #learnCodes() {
    if (this.#codes) return;
    this.#codes = {};
    const { CODES } = await import('./chathub-codes.js');
    this.#codes = CODES;
    this.#speak(this.#tag);
  }

  #change(detail) {
    this.#panel.change(detail);
    this.#drawLauncher();
    const { what, conversation, fresh = [], isLive } = detail;
    if (what === 'welcome') this.#tellNews('ready', { id: this.#client.me.id });
    // Who the page said he is, while he still talked as somebody else.
    if (what === 'gone' && this.#client.options.token !== this.getAttribute('token')) {
      this.#become();
    }
    if (what === 'messages' && isLive) {
      for (const { seq, at, from, kind, text, file } of fresh) {
        this.#tell('message', { session: conversation.id, seq, at, from, kind, text, file });
      }
    }
    this.#tellNews('unread', { count: this.unread });
    const { id: session = null, position, agent } = this.#panel.conversation ?? {};
    this.#tellNews('state', { session, state: this.state, position, agent });
  }
}

if (!customElements.get('chathub-widget')) customElements.define('chathub-widget', ChathubWidget);
