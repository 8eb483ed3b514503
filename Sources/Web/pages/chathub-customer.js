// The customer's client: a visitor who is known again by his secret, and the first words of a
// session, kept with their key until the hub has made it, over reconnects and reloads. Used by
// chathub-widget.js.
import { HubClient } from './chathub-client.js';
import { newKey } from './chathub-outbox.js';

export class CustomerClient extends HubClient {
  /** The start on its way: `{key, text, topic, at, code}`, `code` once it was refused; or null. */
  starting;
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

  welcomed({ you: { id, secret } }) {
    if (secret) this.storage.setJSON(this.nameOf('me'), { id, secret });
  }

  /** A secret the hub does not know any more: come as somebody new, once. */
  isWorthAnotherTry(error) {
    if (this.options.token || !this.identity || error.code !== 'unauthorized') return false;
    this.storage.remove(this.nameOf('me'));
    return true;
  }

  ready() { this.#sendStart(); }

  startSession(text, topic) {
    if (this.starting) return;
    this.#keep({ key: newKey(), text, topic, at: Date.now() });
    if (this.isReady) this.#sendStart();
  }

  retryStart() {
    this.#keep({ ...this.starting, code: undefined });
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
    const { key, text, topic } = start;
    try {
      this.#started(start, await this.link.request({
        type: 'session.start', key, text, topic: topic || undefined, channel: 'web',
      }));
    } catch (error) {
      if (!error.code) throw error;
      if (error.code !== 'stopped') this.#keep({ ...start, code: error.code });
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
}
