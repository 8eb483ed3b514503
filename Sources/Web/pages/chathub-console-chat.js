// The middle of the console: one chat, with what may be done to it. What is written stays with its
// chat, as a reply or as a note; and if the chat went over to somebody else while it was written,
// sending asks first. Used by chathub-console.js.
import './chathub-composer.js';
import { CannedReplies, manageReplies } from './chathub-console-canned.js';
import { ConsoleNotes, dressTalk } from './chathub-console-notes.js';
import { avatar, customerName, hueOf, levelBadge } from './chathub-console-people.js';
import { offerRemoval } from './chathub-console-remove.js';
import { ChatTools } from './chathub-console-tools.js';
import { WrapUp } from './chathub-console-wrap.js';
import { el, icon } from './chathub-dom.js';
import './chathub-talk.js';

const MODES = ['reply', 'note', 'whisper'];

export class ConsoleChat {
  node;
  #app;
  #parts = {};
  #tools;
  #notes;
  #canned;
  #wrapUp;
  #shown = null;
  #mode = 'reply';

  /**
   * `app`: `client`, `language`, `selected`, `storage`, `dialog`, `select(c)`, `end(c)`, `hands`,
   * `togglePanel()`.
   */
  constructor(app) {
    this.#app = app;
    const parts = this.#parts;
    parts.back = el('button', {
      class: 'icon-button back', type: 'button', onclick: () => app.select(null),
    }, icon('back'));
    parts.who = el('div', { class: 'who' });
    parts.strip = el('div', { class: 'strip', role: 'status', hidden: true });
    // A second less is no news to be read aloud.
    parts.transferLeft = el('span', { class: 'left', 'aria-hidden': 'true' });
    parts.talk = el('chathub-talk');
    parts.composer = el('chathub-composer');
    parts.closed = el('p', { class: 'closed', role: 'status' });
    parts.unsent = el('p', { class: 'unsent', hidden: true });
    parts.modes = el('div', { class: 'modes', role: 'group' }, MODES.map((mode) => el('button', {
      type: 'button', 'data-mode': mode, onclick: () => this.write(mode),
    })));
    this.#canned = new CannedReplies(app, parts.composer, () => manageReplies(app));
    this.#wrapUp = new WrapUp(app);
    parts.foot = el('footer', {}, parts.closed, parts.unsent, this.#wrapUp.node, parts.modes,
      this.#canned.node, parts.composer);
    this.#tools = new ChatTools(app);
    this.#notes = new ConsoleNotes(app, parts.talk);
    this.node = el('section', { class: 'chat-pane', hidden: true },
      el('header', {}, parts.back, parts.who, this.#tools.node), parts.strip,
      parts.talk, parts.foot);
    parts.composer.addEventListener('chathub-submit', ({ detail }) => this.#submit(detail.text));
    parts.composer.addEventListener('chathub-typing', ({ detail }) => {
      if (this.#mode !== 'reply') return;
      if (app.selected?.state === 'active') app.client.setTyping(app.selected, detail.isTyping);
      this.#noteBasis(detail.isTyping);
    });
    parts.composer.onFiles = (files) => app.client.sendFiles(this.#shown, files);
    parts.composer.takeDropsOn(this.node, parts.talk);
  }

  focus() { this.#parts.composer.focus(); }

  /** Takes a change of the client. */
  change(detail) {
    this.#parts.talk.change(detail);
    if (detail.what === 'notes') this.#notes.change(detail);
  }

  speak() {
    const { language, client, storage } = this.#app;
    const parts = this.#parts;
    parts.talk.setUp({ language, client, nameOf: (from) => this.#nameOf(from) });
    dressTalk(parts.talk);
    if (client.role === 'supervisor') {
      offerRemoval(parts.talk, this.#app, () => this.#shown, (from) => this.#nameOf(from));
    }
    parts.composer.setUp({ language, storage });
    this.#canned.setUp();
    parts.back.setAttribute('aria-label', language.say('back'));
    parts.back.title = language.say('back');
    parts.modes.setAttribute('aria-label', language.say('write.to'));
    for (const button of parts.modes.children) {
      button.replaceChildren(button.dataset.mode === 'reply' ? '' : icon('lock', 14),
        language.say(`write.${button.dataset.mode}`));
    }
    this.#tools.speak();
    if (this.#shown) this.write(this.#mode);
  }

  /** Opens a chat, or none. */
  show(chat) {
    this.node.hidden = !chat;
    this.#shown = chat;
    this.#notes.show(chat);
    this.#parts.talk.show(chat);
    if (!chat) return;
    this.node.dataset.hue = hueOf(chat.id);
    this.write('reply', matchMedia('(pointer: fine)').matches);
  }

  /** Who will read what is written next: the customer, or colleagues only. Each has its draft. */
  write(mode, isFocused = true) {
    const { client, language } = this.#app;
    const { composer, modes, foot } = this.#parts;
    const allowed = this.#allowed();
    this.#canned.close();
    this.#mode = allowed.includes(mode) ? mode : allowed[0] ?? 'reply';
    const name = this.#mode === 'reply' ? 'draft' : 'note-draft';
    composer.open(client.nameOf(`${name}:${this.#shown.id}`),
      { limitBytes: client.limits.message_bytes });
    const words = this.#mode === 'reply' ? 'message' : this.#mode;
    composer.name(language.say(`${words}.placeholder`),
      language.say(this.#mode === 'reply' ? 'message.label' : 'note.label'));
    foot.classList.toggle('noting', this.#mode !== 'reply');
    for (const button of modes.children) {
      button.setAttribute('aria-pressed', String(button.dataset.mode === this.#mode));
    }
    if (isFocused) this.focus();
  }

  /** Between reply and note. */
  switchMode() {
    if (this.#shown) this.write(this.#mode === 'reply' ? 'note' : 'reply');
  }

  #allowed() {
    const { client } = this.#app;
    const standing = client.standing(this.#shown);
    if (standing === 'watching') return ['whisper'];
    const isTalking = this.#shown.state === 'active' && ['owner', 'joined'].includes(standing);
    return isTalking ? ['reply', 'note'] : [];
  }

  draw() {
    const chat = this.#shown;
    if (!chat) return;
    const { language } = this.#app;
    const parts = this.#parts;
    this.#drawWho(chat);
    this.#tools.draw(chat);
    this.#drawStrip(chat);
    const allowed = this.#allowed();
    if (allowed.length > 0 && !allowed.includes(this.#mode)) this.write(allowed[0], false);
    parts.composer.hidden = allowed.length === 0;
    parts.modes.hidden = allowed.length === 0;
    for (const button of parts.modes.children) {
      button.hidden = !allowed.includes(button.dataset.mode);
    }
    parts.composer.takesFiles = this.#mode === 'reply' && allowed.includes('reply')
      && this.#app.client.site?.files;
    const isOver = !chat.isOpen || chat.state === 'wrapup';
    parts.closed.hidden = !isOver;
    this.#wrapUp.draw(chat);
    const reason = language.has(`closed.${chat.closeReason}`) ? chat.closeReason : 'other';
    if (isOver) parts.closed.textContent = language.say(`closed.${reason}`);
    this.#drawUnsent(chat);
  }

  #drawWho(chat) {
    const { client, language } = this.#app;
    const name = customerName(chat, language);
    const isAway = chat.isOpen && !chat.isOtherThere;
    const others = (as) => (chat.others ?? []).filter((one) => one.as === as
      && one.id !== client.me.id);
    const joined = others('joined').map((one) => one.name).join(', ');
    const isOthers = chat.isOpen && chat.agent && chat.agent.id !== client.me.id;
    const mayEnd = client.role === 'supervisor' || client.standing(chat) === 'owner';
    const below = [
      isOthers && [language.say('with.owner', { name: chat.agent.name })],
      ...others('invited').map((one) => [language.say('with.invited', { names: one.name }),
        mayEnd && one]),
      joined && [language.say('with.joined', { names: joined })],
      chat.topic && [client.nameOfTopic(chat.topic, language)],
      isAway && [language.say('away')],
    ].filter(Boolean);
    const { who } = this.#parts;
    const shown = JSON.stringify([chat.id, name, chat.level, below, language.tag]);
    if (who.dataset.shown === shown) return;
    who.dataset.shown = shown;
    who.replaceChildren(avatar(chat),
      el('div', {}, el('h1', {}, el('bdi', {}, name), levelBadge(chat.level, language) ?? ''),
        el('p', {}, below.map(([words, invited], index) => [index > 0 && ' · ', words,
          invited && [' ', this.#uninvite(chat, invited)]]))));
  }

  #uninvite(chat, invited) {
    const { hands, language } = this.#app;
    return el('button', {
      class: 'link', type: 'button', 'aria-label': language.say('invite.back.of', invited),
      onclick: () => hands.uninvite(chat, invited),
    }, language.say('invite.back'));
  }

  /** What is under way with this chat: a transfer that nobody took yet, or that we only watch. */
  #drawStrip(chat) {
    const { client, language, hands } = this.#app;
    const { strip } = this.#parts;
    const isGiving = chat.isOpen && chat.transfer?.to.agent
      && [chat.agent?.id, chat.transfer.from].includes(client.me.id);
    const key = isGiving ? `transfer.pending${chat.transfer.warm ? '.warm' : ''}`
      : client.standing(chat) === 'watching' ? 'watching.hint' : '';
    strip.hidden = !key;
    if (isGiving) this.#drawTransferLeft(chat);
    const shown = [chat.id, key, chat.transfer?.to.agent, language.tag].join(' ');
    if (!key || strip.dataset.shown === shown) return;
    strip.dataset.shown = shown;
    const name = isGiving && client.nameOfAgent(chat.transfer.to.agent);
    strip.replaceChildren(el('span', {}, language.say(key, { name })), ...(isGiving ? [
      this.#parts.transferLeft,
      el('button', {
        class: 'link', type: 'button', onclick: () => hands.cancelTransfer(chat),
      }, language.say('transfer.cancel')),
    ] : []));
  }

  #drawTransferLeft({ transfer }) {
    const seconds = Math.max(0, Math.ceil((transfer.endsAt - Date.now()) / 1000));
    this.#parts.transferLeft.textContent = this.#app.language.say('offer.left', { n: seconds });
  }

  /** It ended while something was written: that is not lost without a word. */
  #drawUnsent(chat) {
    const { client, language, storage } = this.#app;
    const { unsent } = this.#parts;
    const isOver = !chat.isOpen || chat.state === 'wrapup';
    const text = !isOver ? null : storage.get(client.nameOf(`draft:${chat.id}`));
    unsent.hidden = !text;
    const shown = `${text}:${language.tag}`;
    if (!text || unsent.dataset.shown === shown) return;
    unsent.dataset.shown = shown;
    unsent.replaceChildren(el('span', {}, language.say('unsent')), el('q', {}, text),
      el('button', {
        class: 'link', type: 'button', onclick: () => navigator.clipboard.writeText(text),
      }, language.say('copy')));
  }

  #nameOf(from) {
    const { client, language } = this.#app;
    if (from.role === 'customer') return customerName(this.#shown, language);
    if (from.role === 'bot') return from.name ?? language.say('robot');
    return from.name ?? (from.id === client.me?.id ? client.me.name : client.nameOfAgent(from.id));
  }

  async #submit(text) {
    const chat = this.#shown;
    const { client, storage } = this.#app;
    if (this.#mode !== 'reply') {
      client.notes.add(chat.id, text);
      this.#parts.talk.toBottom();
      return;
    }
    const basis = storage.getJSON(client.nameOf(`basis:${chat.id}`));
    storage.remove(client.nameOf(`basis:${chat.id}`));
    if (basis && basis.owner !== ownerOf(chat) && !await this.#confirm(chat)) {
      if (this.#shown === chat && this.#mode === 'reply') this.#parts.composer.text = text;
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
