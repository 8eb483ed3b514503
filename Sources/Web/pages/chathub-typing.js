// Typing signs, both ways: ours are sent rarely, theirs go out by themselves. Volatile on purpose;
// used by chathub-client.js.
import { TYPING_MILLISECONDS } from './chathub-conversation.js';

const AGAIN_MILLISECONDS = 3000;

export class TypingSigns {
  #send;
  #expired;
  #sentAt = new Map();
  #timers = new Map();

  /** `send(conversation, isTyping)`, `expired(conversation)`: a sign was not renewed. */
  constructor({ send, expired }) {
    this.#send = send;
    this.#expired = expired;
  }

  /** We write, or stopped; repeated at most every three seconds. */
  set(conversation, isTyping) {
    const last = this.#sentAt.get(conversation.id);
    if (!isTyping && last === undefined) return;
    if (isTyping && Date.now() - (last ?? 0) < AGAIN_MILLISECONDS) return;
    if (isTyping) this.#sentAt.set(conversation.id, Date.now());
    else this.#sentAt.delete(conversation.id);
    this.#send(conversation, isTyping);
  }

  /** A message of ours says by itself that we stopped. */
  forget(conversation) { this.#sentAt.delete(conversation.id); }

  /** The other side's sign changed; it ends by itself if nothing more comes. */
  watch(conversation) {
    clearTimeout(this.#timers.get(conversation.id));
    if (!conversation.typing) return;
    this.#timers.set(conversation.id, setTimeout(() => {
      conversation.typing = null;
      this.#expired(conversation);
    }, TYPING_MILLISECONDS));
  }
}
