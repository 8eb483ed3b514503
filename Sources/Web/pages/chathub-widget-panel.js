// What <chathub-widget> shows when it is open: the panel with header, cards, conversation and text
// field. Made by chathub-widget.js. Parts that few customers need are loaded when they are
// needed; each is a class with a `node` and `draw()`, and is given this panel.
import './chathub-composer.js';
import { el, icon, initial } from './chathub-dom.js';
import './chathub-talk.js';
import { Banner } from './chathub-widget-banner.js';
import { QueueCard } from './chathub-widget-queue.js';

/** A part that is not there by then is asked for again. */
const LOAD_AGAIN_MILLISECONDS = 5000;

/** The rare parts from top to bottom: when each is needed, and where it lies. */
const PARTS = {
  choices: [
    ({ client, conversation, stores }) => client.starting?.choices || conversation?.choices
      || stores('left') || stores('leave'),
    () => import('./chathub-choices.js'),
  ],
  prechat: [
    ({ client, conversation }) => !conversation && (client.site.topics || client.site.prechat),
    () => import('./chathub-prechat.js'),
  ],
  help: [
    ({ conversation }) => conversation?.state === 'bot'
      || conversation?.log.messages.at(-1)?.quick_replies,
    () => import('./chathub-robot-help.js'),
  ],
  survey: [
    ({ conversation }) => conversation?.state === 'closed' && conversation.agent,
    () => import('./chathub-survey.js'),
  ],
  ending: [
    ({ conversation, asks }) => asks || conversation?.state === 'closed',
    () => import('./chathub-ending.js'),
  ],
};

export class WidgetPanel {
  language;
  conversation = null;
  isOpen = false;
  /** `end` or `leave` while the customer is asked whether he is sure; or null. */
  asks = null;
  /** What he chose and answered before the chat; `start` sends it. */
  topic = null;
  answers = {};
  #options;
  #nodes = {};
  #banner = new Banner(this);
  #queue = new QueueCard(this);
  /** By name: the part, or null while it is on its way. */
  #parts = new Map();
  /** Names of parts that took too long once. */
  #late = new Set();
  /** Whether the focus is on the panel for want of the text field. */
  #waitsForField = false;
  /** The words of the parts that are there. */
  #words = [];

  /**
   * `host`: the element, `frame`: where it draws. `client`, `storage`. `speak(tag)`: another
   * language. `close()`: the person closed it. `topic()`, `attributes()`: what the page says.
   */
  constructor(options) {
    this.#options = options;
    this.client = options.client;
    this.storage = options.storage;
    this.#build();
  }

  /** Whether something of that name is kept in this browser. */
  stores = (item) => this.storage.get(this.client.nameOf(item)) !== null;

  /** What it is about, if the page said so. */
  get pageTopic() { return this.#options.topic(); }

  /** What it is about, if the page or the customer said so. */
  get about() { return this.pageTopic || this.topic || undefined; }

  get composer() { return this.#nodes.composer; }

  get unread() { return this.conversation?.unread(this.client.me) ?? 0; }

  // Building

  #build() {
    const button = (name, act, sign) => el('button', {
      class: name, type: 'button', onclick: act,
    }, sign && icon(sign));
    const slots = Object.fromEntries(Object.keys(PARTS)
      .map((name) => [name, el('div', { hidden: true })]));
    const nodes = {
      ...slots,
      avatar: el('div', { class: 'avatar', 'aria-hidden': 'true' }),
      title: el('h2', { id: 'title' }),
      subtitle: el('p'),
      switcher: button('icon-button language', () => this.#options.speak(this.#otherTag)),
      end: button('icon-button', () => this.ask('end'), 'end'),
      hide: button('icon-button', () => this.#options.close(), 'down'),
      talk: el('chathub-talk'),
      composer: el('chathub-composer'),
      footer: el('footer'),
      // A person waiting in line is told of it politely and rarely; nothing else is said here.
      said: el('div', { class: 'unseen', role: 'status', 'aria-live': 'polite' }),
    };
    this.#nodes = nodes;
    nodes.panel = el('section', {
      class: 'panel', role: 'dialog', 'aria-labelledby': 'title', tabindex: -1, hidden: true,
      onblur: () => { this.#waitsForField = false; },
      onkeydown: (event) => {
        if (event.key === 'Escape' && !event.isComposing) this.#options.close();
      },
    },
    el('header', {}, nodes.avatar, el('div', { class: 'title' }, nodes.title, nodes.subtitle),
      nodes.switcher, nodes.end, nodes.hide),
    this.#banner.node, this.#queue.node, slots.choices, nodes.talk, slots.prechat, slots.help,
    slots.survey, slots.ending, nodes.footer, nodes.said);
    nodes.footer.append(nodes.composer);
    nodes.talk.isSeen = () => this.isOpen && !document.hidden;
    nodes.composer.addEventListener('chathub-submit', ({ detail }) => this.submit(detail.text));
    nodes.composer.addEventListener('chathub-typing', ({ detail }) => {
      if (this.conversation?.isOpen) this.client.setTyping(this.conversation, detail.isTyping);
    });
    nodes.composer.onFiles = (files) => this.client.sendFiles(this.conversation, files);
    nodes.composer.takeDropsOn(nodes.panel, nodes.talk);
    this.#options.frame.prepend(nodes.panel);
  }

  speak(language) {
    this.language = language;
    this.#words.forEach((words) => language.learn(words));
    const nodes = this.#nodes;
    nodes.composer.setUp({ language, storage: this.storage });
    nodes.talk.setUp({
      language, client: this.client, nameOf: (from) => this.#nameOf(from),
    });
    nodes.switcher.textContent = language.say('language');
    nodes.switcher.lang = this.#otherTag;
    for (const [node, key] of [['switcher', 'language.label'], ['end', 'end.label'],
      ['hide', 'panel.close']]) {
      nodes[node].title = language.say(key);
      nodes[node].ariaLabel = nodes[node].title;
    }
    this.#show();
    this.draw();
  }

  get #otherTag() { return this.language.tag === 'en' ? 'zh-CN' : 'en'; }

  #nameOf(from) {
    if (from.role === 'customer') return this.language.say('you');
    if (from.role === 'bot') return from.name ?? this.language.say('robot');
    const { agent, agents = [] } = this.conversation ?? {};
    const known = [...agents, agent].find((one) => one?.id === from.id);
    return from.name ?? known?.name ?? this.language.say('agent');
  }

  // Doing

  open(takesFocus) {
    this.isOpen = true;
    this.draw();
    this.#nodes.talk.toBottom();
    if (takesFocus) this.focus();
  }

  close() {
    this.isOpen = false;
    this.draw();
  }

  focus() {
    const { composer, footer, panel } = this.#nodes;
    (footer.hidden ? panel : composer).focus();
    this.#waitsForField = footer.hidden;
  }

  submit(text) {
    if (this.conversation?.isOpen) this.client.send(this.conversation, text);
    else this.client.startSession(text, this.about, this.#said());
    this.#nodes.talk.toBottom();
  }

  /** What the page and the customer say of himself; nothing if nothing. */
  #said() {
    const said = { ...this.#options.attributes(), ...this.answers };
    return Object.keys(said).length ? said : undefined;
  }

  ask(question) {
    this.asks = this.asks === question ? null : question;
    this.draw();
  }

  startAgain() {
    this.client.dismiss(this.conversation);
    this.answers = {};
    this.focus();
  }

  /** Words for screen readers. */
  say(words) { this.#nodes.said.textContent = words; }

  // Drawing

  change(detail) {
    const { what, conversation } = detail;
    if (what === 'gone' && conversation === this.conversation) this.conversation = null;
    // With the hub's answer comes what the site says to those who have not written yet.
    if (what === 'welcome' && !this.conversation) this.#show();
    this.#choose();
    this.#nodes.talk.change(detail);
    if (what === 'connection') this.#banner.watch();
    if (what === 'session' && conversation === this.conversation) this.#queue.announce();
    this.draw();
  }

  /** The open session, else the one that just ended: a customer has one at a time. */
  #choose() {
    const all = [...this.client.conversations.values()].filter((one) => one.state !== null);
    const chosen = all.find((one) => one.isOpen) ?? this.conversation ?? all.at(-1) ?? null;
    if (chosen === this.conversation && this.#nodes.shown === chosen) return;
    this.conversation = chosen;
    this.#show();
  }

  #show() {
    this.#nodes.shown = this.conversation;
    const { me, site } = this.client;
    this.#nodes.talk.show(this.conversation,
      me && (this.language.pick(site.welcome) || this.language.say('greeting')));
  }

  draw() {
    const { panel, composer, footer, end } = this.#nodes;
    const { client, conversation } = this;
    panel.hidden = !this.isOpen;
    if (!conversation?.isOpen) this.asks = null;
    end.hidden = !conversation?.isOpen || conversation.state === 'queued';
    this.#drawHeader();
    this.#banner.draw();
    this.#queue.draw();
    const takesText = Object.keys(PARTS).map((name) => this.#drawPart(name)).some(Boolean);
    composer.open(client.nameOf('draft'), { limitBytes: client.limits.message_bytes });
    composer.takesFiles = client.site.files && conversation?.isOpen;
    composer.isHeld = Boolean(client.starting && !client.starting.choices);
    const prechat = this.#parts.get('prechat');
    // Who cannot be asked, because the part does not come, must still be heard.
    const willAsk = !prechat && !conversation && client.site.prechat && !this.#late.has('prechat');
    composer.asksFirst = prechat?.holds || willAsk;
    // Nobody's text field is taken away for questions: it comes once it is known whether there are
    // some, or when that takes long.
    footer.hidden = client.connection.name === 'stopped' || conversation?.state === 'closed'
      || takesText || (footer.hidden && willAsk) || !(client.me || this.#banner.isShown);
    // A screen keyboard comes up only for those who came to write.
    if (this.#waitsForField && !footer.hidden) this.focus();
  }

  /** Answers whether the part has a text field of its own. */
  #drawPart(name) {
    const [isNeeded, load] = PARTS[name];
    const part = this.#parts.get(name);
    if (part) part.draw();
    else if (part === undefined && isNeeded(this)) this.#load(name, load);
    return part?.takesText;
  }

  #load(name, load) {
    this.#parts.set(name, null);
    load().then(({ Part, WORDS, styles }) => {
      if (this.#parts.get(name)) return;
      this.#words.push(WORDS);
      this.language.learn(WORDS);
      this.#options.host.shadowRoot.adoptedStyleSheets.push(...styles);
      const part = new Part(this);
      this.#nodes[name].replaceWith(part.node);
      this.#parts.set(name, part);
      this.draw();
    }, (error) => console.error('chathub', error));
    // No network, as a rule, or a slow one: it is asked for again while it is needed.
    setTimeout(() => {
      if (this.#parts.get(name)) return;
      this.#parts.delete(name);
      this.#late.add(name);
      this.draw();
    }, LOAD_AGAIN_MILLISECONDS);
  }

  #drawHeader() {
    const { avatar, title, subtitle } = this.#nodes;
    const { language, conversation, client: { site } } = this;
    const state = { offered: 'queued', wrapup: 'closed' }[conversation?.state]
      ?? conversation?.state ?? 'new';
    const isServed = state === 'active' && conversation.agent;
    const names = isServed
      ? [conversation.agent, ...conversation.agents].map((one) => one.name) : [];
    const house = this.#options.host.getAttribute('title') || language.pick(site.title)
      || language.say('title');
    title.textContent = names.join(language.say('and')) || (language.has(`title.${state}`)
      ? language.say(`title.${state}`) : house);
    subtitle.textContent = language.say(`subtitle.${names.length > 1 ? 'several' : state}`);
    avatar.replaceChildren(names[0] ? initial(names[0]) : icon('chat'));
  }
}
