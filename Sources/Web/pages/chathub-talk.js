// <chathub-talk>: one conversation as it is read: messages by day and writer, what is still on its
// way, who types, and the way back to the latest. Used by the widget and the console.
//
//   const talk = document.createElement('chathub-talk');
//   talk.setUp({ language, client, nameOf: (from) => 'Anna' });
//   talk.show(conversation);            // null: nothing but the greeting
//   talk.change(event.detail);          // the client's `change` events
//
// The log itself is never live for screen readers, or a reload would read all of it aloud: new
// messages of others are said once, by an announcer of their own.
import { isMine } from './chathub-conversation.js';
import { el, icon } from './chathub-dom.js';
import { controls, talkStyle } from './chathub-style.js';

const GROUP_MILLISECONDS = 5 * 60_000;
const NEAR_BOTTOM_PIXELS = 60;
const ANNOUNCED_CHARACTERS = 300;

/** What was said, and what a file is called: an image or a document is never an empty bubble. */
const wordsOf = ({ text, file }) => [file?.name, text].filter(Boolean).join('\n');

export class ChathubTalk extends HTMLElement {
  /** Whether a person looks at it: only then are messages marked as read. */
  isSeen = () => !document.hidden;
  /** Everything was drawn anew: a page that put rows of its own between puts them there again. */
  onRedraw = () => {};
  /** A message was drawn: a page may add to its row. */
  onRow = () => {};
  #language;
  #client;
  #nameOf;
  #conversation = null;
  #greeting = null;
  #rows = [];
  #unseen = 0;
  /** Whether the person reads the end: he stays there whatever comes, or opens below the log. */
  #isAtEnd = true;
  /** Pixels, as of the last scroll. */
  #top = 0;
  #isLoading = false;
  #parts = {};

  setUp({ language, client, nameOf }) {
    this.#language = language;
    this.#client = client;
    this.#nameOf = nameOf;
    if (!this.shadowRoot) this.#build();
    this.#parts.scroll.ariaLabel = language.say('log.label');
    this.#parts.older.textContent = language.say('log.older');
    this.show(this.#conversation, this.#greeting);
  }

  /** Draws a conversation from the start, at its end. `greeting`: a line of the house before it. */
  show(conversation, greeting = null) {
    this.#conversation = conversation;
    this.#greeting = greeting;
    this.#unseen = 0;
    this.#redraw();
    this.#toBottom();
  }

  /** Takes a `change` of the client; those of other conversations are none of its business. */
  change({ what, conversation, fresh = [], isLive, isReset }) {
    if (what === 'connection' || what === 'pending') this.#drawPending();
    if (conversation !== this.#conversation || !conversation) return;
    if (what === 'messages') this.#take(fresh, isLive, isReset);
    if (what === 'typing' || what === 'session') this.#drawTyping();
    if (what === 'read') this.#drawStatus();
    if (what === 'session') this.#drawOlder();
  }

  /** The person looks here now (panel opened, page seen): what is in sight counts as read. */
  seen() {
    if (!this.#conversation || !this.isSeen() || !this.#isAtEnd) return;
    this.#unseen = 0;
    this.#drawJump();
    this.#client.markRead(this.#conversation);
  }

  toBottom() { this.#toBottom(); }

  /** Puts a row of the page's own (a note) behind the message `afterSeq` and the rows there. */
  insert(node, afterSeq) {
    let next = this.#rows.find(({ message }) => message.seq > afterSeq)?.node ?? null;
    if (next?.previousElementSibling?.classList.contains('day')) next = next.previousElementSibling;
    this.#parts.list.insertBefore(node, next);
  }

  #build() {
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [controls, talkStyle];
    const older = el('button', {
      class: 'older link', type: 'button', hidden: true, onclick: () => this.#loadOlder(),
    });
    const list = el('ol');
    const pending = el('ol');
    const typing = el('div', { class: 'typing', 'aria-hidden': 'true', hidden: true });
    const scroll = el('div', {
      class: 'scroll',
      role: 'log',
      'aria-live': 'off',
      tabindex: 0,
      onscroll: () => this.#scrolled(),
    }, older, list, pending, typing);
    const jump = el('button', {
      class: 'jump', type: 'button', hidden: true, onclick: () => this.#toBottom(),
    });
    const announcer = el('div', { class: 'unseen', role: 'status', 'aria-live': 'polite' });
    this.#parts = { older, list, pending, typing, scroll, jump, announcer };
    root.append(scroll, jump, announcer);
    const observer = new ResizeObserver(() => this.#resized());
    for (const node of [scroll, ...scroll.children]) observer.observe(node);
    document.addEventListener('visibilitychange', () => this.seen());
  }

  // Messages

  #redraw() {
    const messages = this.#conversation?.log.messages ?? [];
    this.#rows = [];
    const greeting = this.#greeting && !this.#conversation?.log.hasOlder
      ? [el('li', { class: 'message theirs first last' },
        el('div', { class: 'bubble' }, this.#greeting))] : [];
    this.#parts.list.replaceChildren(...greeting);
    for (const message of messages) this.#appendRow(message);
    this.onRedraw();
    this.#drawRest();
  }

  /** What stands around the messages and goes by them. */
  #drawRest() {
    this.#drawStatus();
    this.#drawPending();
    this.#drawTyping();
    this.#drawOlder();
  }

  #take(fresh, isLive, isReset) {
    const drawn = this.#rows.at(-1)?.message.seq ?? 0;
    const newer = fresh.filter((one) => one.seq > drawn);
    // Older ones go in above; some may have been drawn already, when the conversation was shown.
    if (isReset || this.#rows.length + newer.length !== this.#conversation.log.messages.length) {
      this.#redrawInPlace();
    } else {
      for (const message of newer) this.#appendRow(message, isLive);
      this.#drawRest();
    }
    const others = fresh.filter((one) => !isMine(one, this.#client.me));
    if (isLive) others.forEach((one) => this.#announce(one));
    if (this.#isAtEnd || (isLive && others.length < fresh.length)) this.#toBottom();
    else if (isLive) {
      this.#unseen += others.filter((one) => one.kind !== 'system').length;
      this.#drawJump();
    }
  }

  /** Older messages come in above: what the person reads stays where it is. */
  #redrawInPlace() {
    const { scroll } = this.#parts;
    const fromEnd = scroll.scrollHeight - scroll.scrollTop;
    this.#redraw();
    scroll.scrollTop = scroll.scrollHeight - fromEnd;
  }

  #appendRow(message, isLive = false) {
    const previous = this.#rows.at(-1);
    const isNewDay = !previous
      || new Date(previous.message.at).toDateString() !== new Date(message.at).toDateString();
    const isGrouped = previous && !isNewDay && previous.message.kind !== 'system'
      && message.kind !== 'system' && previous.message.from.id === message.from.id
      && previous.node === this.#parts.list.lastElementChild
      && message.at - previous.message.at < GROUP_MILLISECONDS;
    if (isNewDay) {
      this.#parts.list.append(el('li', { class: 'day' },
        this.#language.day(message.at, this.#client.now())));
    }
    if (isGrouped) previous.node.classList.remove('last');
    const node = message.kind === 'system'
      ? this.#systemRow(message)
      : this.#bubble(message, isGrouped);
    if (isLive && !isMine(message, this.#client.me)) node.classList.add('arrives');
    this.#rows.push({ message, node });
    this.#parts.list.append(node);
  }

  #systemRow(message) {
    const words = this.#systemWords(message);
    return el('li', { class: 'system', hidden: !words, 'data-seq': message.seq }, words);
  }

  /** What the hub tells of the session, in the reader's language; empty for what is not known. */
  #systemWords({ event, agent }) {
    return this.#rare(`system.${event}`, { name: agent?.name ?? agent?.id });
  }

  /** Words that are loaded once they are needed: all is drawn again then. */
  #rare(key, values) {
    if (this.#language.has(key)) return this.#language.say(key, values);
    this.#language.onUnknown(key);
    return '';
  }

  #bubble(message, isGrouped) {
    const mine = isMine(message, this.#client.me);
    const node = el('li', {
      class: `message ${mine ? 'mine' : 'theirs'} last${isGrouped ? '' : ' first'}`,
      'data-seq': message.seq,
      'data-role': message.from.role,
    });
    if (!isGrouped) {
      const name = mine ? this.#language.say('you') : this.#nameOf(message.from);
      node.append(el('div', { class: mine ? 'unseen' : 'who' }, el('bdi', {}, name)));
    }
    node.append(
      message.kind === 'deleted'
        ? el('div', { class: 'bubble deleted' }, this.#rare('message.deleted'))
        : this.#content(message),
      el('div', { class: 'meta' },
        el('time', {
          datetime: new Date(message.at).toISOString(), title: this.#language.moment(message.at),
        }, this.#language.clock(message.at)),
        el('span', { class: 'status' })),
    );
    this.onRow(node, message);
    return node;
  }

  /** What was written. Files and links are drawn by parts that are loaded with the first one. */
  #content(one) {
    const words = wordsOf(one);
    const bubble = el('div', { class: 'bubble', dir: 'auto' }, words);
    if (one.file || /https?:/.test(words)) this.#dress(bubble, one, this.#conversation?.id);
    return bubble;
  }

  async #dress(bubble, one, session) {
    try {
      const { dress } = await (one.file ? import('./chathub-files.js')
        : import('./chathub-links.js'));
      dress(bubble, one, {
        client: this.#client, language: this.#language, session, root: this.shadowRoot,
        say: (words) => this.#say(words),
      });
    } catch (error) {
      // The words stand there.
      console.error('chathub', error);
    }
  }

  /** "Sent" or "Read" stands under the last own message only. */
  #drawStatus() {
    const me = this.#client.me;
    let isLast = true;
    let isAnswered = false;
    for (let index = this.#rows.length - 1; index >= 0; index -= 1) {
      const { message, node } = this.#rows[index];
      if (message.kind === 'system') continue;
      if (!isMine(message, me)) {
        isAnswered = true;
        continue;
      }
      const status = node.querySelector('.status');
      const isRead = isAnswered || message.seq <= this.#conversation.readByOther;
      const words = isLast ? this.#language.say(isRead ? 'message.read' : 'message.sent') : '';
      if (!isLast && status.textContent === '') break;
      status.textContent = words;
      isLast = false;
    }
  }

  // What is on its way

  #drawPending() {
    const entries = this.#conversation ? this.#client.pending(this.#conversation) : [];
    const { starting } = this.#client;
    // What nobody can take now lies in the form that leaves a message.
    const start = this.#conversation?.isOpen || starting?.choices ? null : starting;
    const rows = entries.map((entry) => this.#pendingRow(entry, {
      retry: () => this.#client.retry(entry.key), discard: () => this.#client.discard(entry.key),
    }));
    if (start) {
      rows.push(this.#pendingRow({ ...start, state: start.code ? 'failed' : 'waiting' }, {
        retry: () => this.#client.retryStart(), discard: () => this.#client.dropStart(),
      }));
    }
    this.#parts.pending.replaceChildren(...rows);
  }

  #pendingRow(entry, { retry, discard }) {
    const failed = entry.state === 'failed';
    const words = failed
      ? `${this.#language.say('message.failed')} · ${this.#language.sayCode(entry.code)}`
      : this.#language.say(this.#client.isReady ? 'message.sending' : 'message.waiting');
    const act = (key, run) => el('button', { class: 'link', type: 'button', onclick: run },
      this.#language.say(key));
    return el('li', { class: `message mine first last pending${failed ? ' failed' : ''}` },
      this.#content(entry),
      el('div', { class: 'meta' }, el('span', {}, words),
        failed && !entry.isHopeless && act('message.retry', retry),
        failed ? act('message.discard', discard) : entry.content && act('cancel', discard)));
  }

  #drawTyping() {
    const { typing } = this.#parts;
    const who = this.#conversation?.typing;
    typing.hidden = !who;
    typing.replaceChildren(...(who ? [
      el('span', { class: 'dots' }, el('i'), el('i'), el('i')),
      el('span', {}, this.#language.say('typing', { name: this.#nameOf(who) })),
    ] : []));
  }

  #announce(message) {
    if (message.kind === 'deleted') return;
    this.#say(message.kind === 'system' ? this.#systemWords(message)
      : `${this.#nameOf(message.from)}: ${wordsOf(message).slice(0, ANNOUNCED_CHARACTERS)}`);
  }

  /** To screen readers. */
  #say(words) {
    const line = el('div', {}, words);
    this.#parts.announcer.append(line);
    setTimeout(() => line.remove(), 5000);
  }

  // Scrolling

  #toBottom() {
    const { scroll } = this.#parts;
    this.#isAtEnd = true;
    scroll.scrollTop = scroll.scrollHeight;
    this.#top = scroll.scrollTop;
    this.seen();
    this.#drawJump();
  }

  #resized() {
    if (this.#isAtEnd) this.#toBottom();
    // Nothing to see of it, nothing that moved.
    else if (this.#parts.scroll.clientHeight) this.#moved();
  }

  #scrolled() {
    this.#moved();
    this.seen();
    if (this.#parts.scroll.scrollTop < 40) this.#loadOlder();
  }

  /** Only who goes up leaves the end: of a log that got smaller, the last scroll is told late. */
  #moved() {
    const { scrollHeight, scrollTop, clientHeight } = this.#parts.scroll;
    const isNearEnd = scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM_PIXELS;
    this.#isAtEnd = isNearEnd || (this.#isAtEnd && scrollTop >= this.#top);
    this.#top = scrollTop;
    this.#drawJump();
  }

  #drawJump() {
    const { jump } = this.#parts;
    jump.hidden = this.#isAtEnd;
    if (jump.hidden) this.#unseen = 0;
    const words = this.#unseen
      ? this.#language.say('log.new', { n: this.#unseen }) : this.#language.say('log.bottom');
    jump.replaceChildren(icon('down', 16), words);
  }

  #drawOlder() {
    this.#parts.older.hidden = !this.#conversation?.log.hasOlder
      || this.#conversation.log.messages.length === 0;
  }

  async #loadOlder() {
    if (this.#isLoading || this.#parts.older.hidden) return;
    this.#isLoading = true;
    try {
      await this.#client.loadOlder(this.#conversation);
    } finally {
      this.#isLoading = false;
    }
  }
}

if (!customElements.get('chathub-talk')) customElements.define('chathub-talk', ChathubTalk);
