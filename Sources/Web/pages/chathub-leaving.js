// What a customer may do instead of waiting: leave a message for later, kept with its key until the
// hub has it, over reconnects and reloads. Loaded with chathub-choices.js when nobody can answer.
import { newKey } from './chathub-outbox.js';

export class Leaving {
  /** The message to be left: `{key, text, name, contact, topic, code}`; or null. */
  message;
  /** When one was left and nothing has come of it yet, local time; or null. */
  leftAt;
  #client;
  #isSending = false;

  constructor(client) {
    this.#client = client;
    this.message = client.storage.getJSON(client.nameOf('leave'));
    this.leftAt = client.storage.getJSON(client.nameOf('left'));
    client.addEventListener('change', ({ detail: { what, conversation } }) => {
      if (what === 'welcome') this.#send();
      // An answer has come, or something new has begun.
      const isNew = what === 'pending' && client.starting && !client.starting.choices;
      if (this.leftAt && (isNew || conversation?.isOpen)) this.#note(null);
    });
    this.#send();
  }

  /** Leaves a message; it is on its way until `message` is null again. */
  leave(message) {
    if (this.message && !this.message.code) return;
    this.#keep({ ...message, key: newKey() });
    this.#send();
  }

  /**
   * What a customer wants who was asked: `wait` or `message`, with a last word. What he was asked
   * stays until the hub has answered, `choosing` is on its way or says why it was refused.
   */
  async choose(conversation, choice, text) {
    if (conversation.choosing && !conversation.choosing.code) return;
    const choosing = { choice };
    conversation.choosing = choosing;
    this.#client.tell('session', conversation);
    try {
      await this.#client.link.request({
        type: 'queue.choose', session: conversation.id, choice, text: text || undefined,
      });
      chosen(conversation, choosing);
    } catch (error) {
      if (!error.code) throw error;
      // Somebody has taken him meanwhile, or it is over: then there is nothing to choose.
      const isOver = ['no_choice', 'session_closed', 'not_found', 'stopped'].includes(error.code);
      if (isOver) chosen(conversation, choosing);
      else if (conversation.choosing === choosing) choosing.code = error.code;
    }
    this.#client.tell('session', conversation);
  }

  #keep(message) {
    this.message = message;
    const { storage } = this.#client;
    if (message) storage.setJSON(this.#client.nameOf('leave'), message);
    else storage.remove(this.#client.nameOf('leave'));
    this.#client.tell('pending');
  }

  #note(at) {
    this.leftAt = at;
    const { storage } = this.#client;
    if (at) storage.setJSON(this.#client.nameOf('left'), at);
    else storage.remove(this.#client.nameOf('left'));
  }

  async #send() {
    const { message } = this;
    if (!message || message.code || this.#isSending || !this.#client.isReady) return;
    this.#isSending = true;
    const { key, text, name, contact, topic } = message;
    try {
      await this.#client.link.request({
        type: 'message.leave', key, text, name: name || undefined, contact: contact || undefined,
        topic: topic || undefined,
      });
      this.#note(Date.now());
      this.#keep(null);
      this.#client.dropStart();
    } catch (error) {
      if (!error.code) throw error;
      if (error.code !== 'stopped') this.#keep({ ...message, code: error.code });
    } finally {
      this.#isSending = false;
    }
  }
}

/** Nothing is asked any more, unless he was asked anew meanwhile. */
function chosen(conversation, choosing) {
  if (conversation.choosing !== choosing) return;
  conversation.choices = null;
  conversation.choosing = null;
}
