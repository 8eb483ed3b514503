// A person's side of the hub, without any drawing: who I am, my sessions and what is on its way.
// chathub-customer.js and chathub-agent.js make it whole for the widget and the console, which
// listen to its `change` events (`detail: {what, conversation, ...}`).
//
// what: `connection`, `welcome`, `session` (state or place in line), `messages` (`fresh`: the new
// ones; `isLive`: said just now; `isReset`: drop what was drawn), `pending`, `typing`, `read`,
// `gone`; for agents also `queue` and `agent`.
import { Connection, watchNetwork } from './chathub-connection.js';
import { Conversation } from './chathub-conversation.js';
import { Outbox } from './chathub-outbox.js';
import { TypingSigns } from './chathub-typing.js';

export class HubClient extends EventTarget {
  /** `{id, role, name}` once welcomed. */
  me = null;
  limits = {};
  conversations = new Map();
  /** What the site's pages show and offer; null until told. */
  site = null;
  /** The hub's clock minus ours, in milliseconds. */
  clockOffset = 0;
  #typing;
  /** Fetches what is missing, once something was. */
  #pages = null;
  #outbox;
  /** Files on their way, once one was sent. */
  #uploads = null;
  #stopWatching = () => {};
  #request = (frame) => this.link.request(frame);
  #toldPending = (session) => this.tell('pending', this.conversations.get(session));

  /**
   * `url`, `site`, `role`, `storage` (SafeStorage), `prefix` (names what is stored); optional
   * `token`, `locale`, `page()`, `attributes()`, and for tests `environment` and `window`.
   */
  constructor(options) {
    super();
    this.options = options;
    this.role = options.role;
    this.storage = options.storage;
    this.link = new Connection({
      url: options.url,
      hello: () => this.hello(),
      onWelcome: (ok) => this.#welcome(ok),
      onFrame: (frame) => this.take(frame),
      onState: () => this.tell('connection'),
      onRefused: (error) => this.isWorthAnotherTry(error),
    }, options.environment);
    this.#outbox = new Outbox({
      storage: options.storage,
      prefix: this.nameOf('out:'),
      send: ({ session, key, text, file }) => this.#request({
        type: 'message.send', session, key, text: text || undefined, file: file?.id,
      }),
      onSent: ({ session, key, text, file }, { seq, at }) => {
        this.ownMessage(this.find(session), { seq, at, key, text: text || undefined, file });
      },
      onChange: this.#toldPending,
    });
    this.#typing = new TypingSigns({
      send: ({ id }, typing) => this.link.notify({ type: 'typing', session: id, typing }),
      expired: (conversation) => this.tell('typing', conversation),
    });
  }

  get connection() { return this.link.state; }
  get isReady() { return this.link.isReady; }
  now() { return Date.now() + this.clockOffset; }
  /** Where something of ours is stored. */
  nameOf(item) { return this.options.prefix + item; }
  /** Where the hub's pages and files are. */
  get hubAddress() { return this.options.url.replace(/^ws/, 'http'); }

  open() {
    if (this.options.window) this.#stopWatching = watchNetwork(this.link, this.options.window);
    this.link.start();
  }

  close() {
    this.#stopWatching();
    this.link.stop();
  }

  // What a person does

  send(conversation, text, key) {
    this.#outbox.add(conversation.id, text, key);
    this.#typing.forget(conversation);
  }

  /** Throws when the part that sends files could not be loaded. */
  async sendFiles({ id }, files) {
    const { Uploads } = await import('./chathub-uploads.js');
    this.#uploads ??= new Uploads({
      request: this.#request,
      hub: this.hubAddress,
      terms: () => this.site?.files,
      deliver: ({ session, key, file }) => this.#outbox.add(session, '', key, file),
      changed: this.#toldPending,
    });
    for (const file of files) this.#uploads.add(id, file);
  }

  /** Oldest first. */
  pending({ id }) {
    return [...this.#outbox.entries(id), ...this.#uploads?.entries(id) ?? []]
      .sort((left, right) => left.order - right.order);
  }

  retry(key) {
    this.#outbox.retry(key);
    this.#uploads?.retry(key);
  }

  discard(key) {
    this.#outbox.settle(key);
    this.#uploads?.cancel(key);
  }

  setTyping(conversation, isTyping) { this.#typing.set(conversation, isTyping); }
  loadOlder(conversation) { return this.#fetch('older', conversation); }

  /** `session.close`, or a customer's `session.leave` of the line. */
  async end(conversation, type = 'session.close') {
    const ok = await this.link.request({ type, session: conversation.id });
    if (!conversation.isOpen) return;
    // Some sites give their agents time to write down what it was about.
    if (ok.state === 'wrapup') {
      this.takeState(conversation, ok);
      return;
    }
    conversation.apply({ state: 'closed', reason: this.role }, Date.now());
    this.tell('session', conversation);
  }

  markRead(conversation) {
    const seq = conversation.log.lastSeq;
    if (seq <= conversation.readByMe) return;
    conversation.readByMe = seq;
    this.storage.set(this.nameOf(`read:${conversation.id}`), String(seq));
    this.link.notify({ type: 'read', session: conversation.id, seq });
    this.tell('read', conversation);
  }

  /** Takes a session off the list. */
  dismiss(conversation) {
    this.conversations.delete(conversation.id);
    if (!conversation.isOpen) this.storage.remove(this.nameOf(`read:${conversation.id}`));
    this.tell('gone', conversation);
  }

  // Hello

  hello() {
    const { site, token, page, locale, attributes } = this.options;
    const resume = [...this.conversations.values()].filter((one) => one.isOpen && one.log.epoch)
      .map(({ id, log }) => ({ session: id, after: log.lastSeq, epoch: log.epoch }));
    return {
      type: 'hello',
      role: this.role,
      site,
      token: token || undefined,
      page: page?.(),
      locale,
      attributes: attributes?.(),
      resume: resume.length ? resume : undefined,
    };
  }

  /** Whether a refused hello may be tried once more, otherwise. */
  isWorthAnotherTry() { return false; }

  #welcome(ok) {
    this.me = { role: this.role, ...ok.you };
    this.limits = ok.limits ?? {};
    this.clockOffset = ok.now ? ok.now - Date.now() : 0;
    const open = new Set((ok.sessions ?? []).map((snapshot) => snapshot.session));
    this.welcomed(ok);
    for (const snapshot of ok.sessions ?? []) {
      this.applySnapshot(this.find(snapshot.session), snapshot);
    }
    for (const conversation of [...this.conversations.values()]) {
      if (!open.has(conversation.id) && conversation.isOpen) this.missedTheEnd(conversation);
    }
    // Once the connection has entered `ready`, or these would be sent twice.
    queueMicrotask(() => {
      this.#outbox.flush();
      this.#uploads?.resume();
      this.ready();
      this.tell('welcome');
    });
  }

  /** Hook: a conversation that nothing is known of yet. */
  conversationOf(id) { return new Conversation(id); }

  /** Hooks: the answer to hello before its sessions are taken, and when requests may be made. */
  welcomed() {}
  ready() {}

  find(id) {
    let conversation = this.conversations.get(id);
    if (!conversation) {
      conversation = this.conversationOf(id);
      conversation.readByMe = Number(this.storage.get(this.nameOf(`read:${id}`))) || 0;
      this.conversations.set(id, conversation);
    }
    return conversation;
  }

  applySnapshot(conversation, snapshot) {
    conversation.apply(snapshot, Date.now());
    this.#enterEpoch(conversation, snapshot.epoch, snapshot.after);
    conversation.log.mention(snapshot.last_seq);
    this.#append(conversation, snapshot.messages ?? [], false);
    this.tell('session', conversation);
    this.#fill(conversation);
  }

  /** It ended while we were away: fetch its last words and say so. */
  missedTheEnd(conversation) {
    conversation.apply({ state: 'closed', reason: 'gone' }, Date.now());
    this.tell('session', conversation);
    this.#fetch('fetch', conversation, { after: conversation.log.lastSeq, limit: 200 });
  }

  // Events of the hub

  take(frame) {
    if (typeof frame.session !== 'string') return;
    const conversation = this.find(frame.session);
    if (frame.type === 'message') {
      this.#takeMessage(conversation, frame);
    } else if (frame.type === 'session.state') {
      this.takeState(conversation, frame);
    } else if (frame.type === 'message.deleted') {
      if (conversation.log.strike(frame.seq)) {
        this.tell('messages', conversation, { fresh: [], isReset: true });
      }
    } else if (conversation.take(frame, this.me, Date.now())) {
      if (frame.type === 'typing') this.#typing.watch(conversation);
      const what = { typing: 'typing', read: 'read' }[frame.type] ?? 'session';
      this.tell(what, conversation);
    }
  }

  takeState(conversation, frame) {
    conversation.apply(frame, Date.now());
    this.#enterEpoch(conversation, frame.epoch);
    conversation.log.mention(frame.last_seq);
    this.tell('session', conversation);
    this.#fill(conversation);
  }

  #takeMessage(conversation, message) {
    if (conversation.typing?.id === message.from.id) conversation.typing = null;
    this.#append(conversation, [message], true);
    this.#fill(conversation);
  }

  /** What the hub has acknowledged to us. */
  ownMessage(conversation, message) {
    const from = { role: this.role, id: this.me.id };
    const { file } = message;
    const kind = !file ? 'text' : file.type.startsWith('image/') ? 'image' : 'file';
    this.#append(conversation, [{ ...message, from, kind }], true);
    this.#fill(conversation);
  }

  #append(conversation, messages, isLive) {
    for (const message of messages) if (message.key) this.#outbox.settle(message.key);
    const fresh = conversation.log.add(...messages);
    if (fresh.length) this.tell('messages', conversation, { fresh, isLive });
  }

  #fill(conversation) { if (conversation.log.missing) this.#fetch('fill', conversation); }

  /** By chathub-pages.js. */
  async #fetch(act, conversation, range) {
    try {
      const { HistoryPages } = await import('./chathub-pages.js');
      this.#pages ??= new HistoryPages({
        request: this.#request, took: (...page) => this.#tookPage(...page),
      });
    } catch (error) {
      console.error('chathub', error);
      return;
    }
    await this.#pages[act](conversation, range);
  }

  #tookPage(conversation, ok) {
    this.#enterEpoch(conversation, ok.epoch);
    conversation.log.mention(ok.last_seq);
    this.#append(conversation, ok.messages ?? [], false);
  }

  #enterEpoch(conversation, epoch, sound) {
    const isReset = conversation.log.enterEpoch(epoch, sound);
    if (isReset) this.tell('messages', conversation, { fresh: [], isReset });
  }

  tell(what, conversation = null, more = {}) {
    this.dispatchEvent(new CustomEvent('change', { detail: { what, conversation, ...more } }));
  }
}
