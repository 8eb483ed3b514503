// The customer's client: a visitor who is known again by his secret or by a token, the first words
// of a session, kept with their key until the hub has them, over reconnects and reloads, and the
// talk that ended last. What he may do when nobody can answer is in chathub-leaving.js. Used by
// chathub-widget.js.
import { HubClient } from './chathub-client.js';
import { newKey } from './chathub-outbox.js';

export class CustomerClient extends HubClient {
  /**
   * The start on its way: `{key, text, topic, attributes, at, code, choices, opensAt}`, `code` once
   * it was refused, with `choices` when nobody can answer now; or null.
   */
  starting;
  site = {};
  #who = null;
  #isSending = false;

  constructor(options) {
    super({ ...options, role: 'customer' });
    this.starting = this.storage.getJSON(this.nameOf('start'));
  }

  /** Who this browser is: `{id, secret}`, or null. */
  get identity() { return this.storage.getJSON(this.nameOf('me')); }

  hello() {
    return { ...super.hello(), secret: this.options.token ? undefined : this.identity?.secret };
  }

  /** Comes again with another token, or without one: as somebody else, or for longer. */
  become(token) {
    this.options.token = token;
    if (this.connection.name === 'stopped') this.open();
    else this.link.renew();
  }

  welcomed({ you: { id, secret }, site = {} }) {
    if (secret) this.storage.setJSON(this.nameOf('me'), { id, secret });
    this.site = site;
    // Another person's talks are none of his business.
    if (this.#who && this.#who !== id) {
      for (const one of [...this.conversations.values()]) this.dismiss(one);
    }
    this.#who = id;
  }

  /** A secret the hub does not know any more: come as somebody new, once. */
  isWorthAnotherTry(error) {
    if (this.options.token || !this.identity || error.code !== 'unauthorized') return false;
    this.storage.remove(this.nameOf('me'));
    return true;
  }

  ready() {
    if (this.storage.get(this.nameOf('last'))) this.#last('recall');
    this.#sendStart();
  }

  startSession(text, topic, attributes) {
    // One that nobody could take is over; these words are another try.
    if (this.starting && !this.starting.choices) return;
    this.#keep({ key: newKey(), text, topic, attributes, at: Date.now() });
    if (this.isReady) this.#sendStart();
  }

  retryStart() {
    this.#keep({ ...this.starting, code: undefined, choices: undefined, opensAt: undefined });
    this.#sendStart();
  }

  dropStart() {
    this.starting = null;
    this.storage.remove(this.nameOf('start'));
    this.tell('pending');
  }

  #keep(start) {
    this.starting = start;
    this.storage.setJSON(this.nameOf('start'), start);
    this.tell('pending');
  }

  async #sendStart() {
    const start = this.starting;
    if (!start || start.code || this.#isSending) return;
    this.#isSending = true;
    const { key, text, topic, attributes } = start;
    try {
      this.#started(start, await this.link.request({
        type: 'session.start', key, text, topic: topic || undefined, channel: 'web', attributes,
      }));
    } catch (error) {
      if (!error.code) throw error;
      const { choices, opens_at: opensAt } = error.frame ?? {};
      if (error.code !== 'stopped') this.#keep({ ...start, code: error.code, choices, opensAt });
    } finally {
      this.#isSending = false;
    }
  }

  #started({ key, text }, ok) {
    const conversation = this.find(ok.session);
    conversation.apply(ok, Date.now());
    conversation.log.enterEpoch(ok.epoch);
    // What the session took up has its number. What it did not (nobody is there to take more, but
    // this one is open) is sent under the key of the start, so that it arrives once.
    if (ok.seq) this.ownMessage(conversation, { seq: ok.seq, at: ok.at, text });
    else if (conversation.isOpen) this.send(conversation, text, key);
    this.applySnapshot(conversation, ok);
    this.dropStart();
  }

  // The talk that ended last: chathub-recall.js

  async #last(act, conversation) {
    try {
      (await import('./chathub-recall.js'))[act](this, conversation);
    } catch (error) {
      console.error('chathub', error);
    }
  }

  tell(what, conversation, more) {
    if (what === 'session' && conversation.state === 'closed') this.#last('remember', conversation);
    super.tell(what, conversation, more);
  }

  dismiss(conversation) {
    this.storage.remove(this.nameOf('last'));
    super.dismiss(conversation);
  }
}
