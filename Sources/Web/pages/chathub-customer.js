// The customer's client: a visitor who is known again by his secret, and the first words of a
// session, or a message he leaves instead, kept with their key until the hub has them, over
// reconnects and reloads. Used by chathub-widget.js.
import { HubClient } from './chathub-client.js';
import { newKey } from './chathub-outbox.js';

export class CustomerClient extends HubClient {
  /**
   * The start on its way: `{key, text, topic, at, code, choices, opensAt}`, `code` once it was
   * refused, with `choices` when nobody can answer now; or null.
   */
  starting;
  /** The message to be left: `{key, text, name, contact, topic, code}`; or null. */
  leaving;
  /** When one was left and nothing has come of it yet, local time; or null. */
  leftAt;
  #isSending = false;
  #isLeaving = false;

  constructor(options) {
    super({ ...options, role: 'customer' });
    this.starting = this.storage.getJSON(this.nameOf('start'));
    this.leaving = this.storage.getJSON(this.nameOf('leave'));
    this.leftAt = this.storage.getJSON(this.nameOf('left'));
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

  ready() {
    this.#sendStart();
    this.#sendLeft();
  }

  startSession(text, topic) {
    // One that nobody could take is over; these words are another try.
    if (this.starting && !this.starting.choices) return;
    this.#noteLeft(null);
    this.#keep({ key: newKey(), text, topic, at: Date.now() });
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
    const { key, text, topic } = start;
    try {
      this.#started(start, await this.link.request({
        type: 'session.start', key, text, topic: topic || undefined, channel: 'web',
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

  // Instead of waiting

  /** Leaves a message; it is on its way until `leaving` is null again. */
  leave(message) {
    if (this.leaving && !this.leaving.code) return;
    this.#keepLeaving({ ...message, key: newKey() });
    this.#sendLeft();
  }

  /**
   * What a customer wants who was asked: `wait` or `message`, with a last word. What he was asked
   * stays until the hub has answered, `choosing` is on its way or says why it was refused.
   */
  async choose(conversation, choice, text) {
    if (conversation.choosing && !conversation.choosing.code) return;
    const choosing = { choice };
    conversation.choosing = choosing;
    this.tell('session', conversation);
    try {
      await this.link.request({
        type: 'queue.choose', session: conversation.id, choice, text: text || undefined,
      });
      this.#chosen(conversation, choosing);
    } catch (error) {
      if (!error.code) throw error;
      // Somebody has taken him meanwhile, or it is over: then there is nothing to choose.
      const isOver = ['no_choice', 'session_closed', 'not_found', 'stopped'].includes(error.code);
      if (isOver) this.#chosen(conversation, choosing);
      else if (conversation.choosing === choosing) choosing.code = error.code;
    }
    this.tell('session', conversation);
  }

  /** Nothing is asked any more, unless he was asked anew meanwhile. */
  #chosen(conversation, choosing) {
    if (conversation.choosing !== choosing) return;
    conversation.choices = null;
    conversation.choosing = null;
  }

  #keepLeaving(message) {
    this.leaving = message;
    if (message) this.storage.setJSON(this.nameOf('leave'), message);
    else this.storage.remove(this.nameOf('leave'));
    this.tell('pending');
  }

  #noteLeft(at) {
    this.leftAt = at;
    if (at) this.storage.setJSON(this.nameOf('left'), at);
    else this.storage.remove(this.nameOf('left'));
  }

  async #sendLeft() {
    const message = this.leaving;
    if (!message || message.code || this.#isLeaving || !this.isReady) return;
    this.#isLeaving = true;
    const { key, text, name, contact, topic } = message;
    try {
      await this.link.request({
        type: 'message.leave', key, text, name: name || undefined, contact: contact || undefined,
        topic: topic || undefined,
      });
      this.#noteLeft(Date.now());
      this.#keepLeaving(null);
      this.dropStart();
    } catch (error) {
      if (!error.code) throw error;
      if (error.code !== 'stopped') this.#keepLeaving({ ...message, code: error.code });
    } finally {
      this.#isLeaving = false;
    }
  }

  /** An answer has come, or something new has begun. */
  takeState(conversation, frame) {
    super.takeState(conversation, frame);
    if (conversation.isOpen && this.leftAt) this.#noteLeft(null);
  }
}
