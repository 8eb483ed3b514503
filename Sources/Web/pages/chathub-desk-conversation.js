// A session as those who answer customers see it: with what no customer is told, the offer's time
// and how long he has been waiting for a word. Made by chathub-desk.js; no I/O in here.
import { Conversation } from './chathub-conversation.js';

export class DeskConversation extends Conversation {
  /** `{id, connected, profile}`. */
  customer = null;
  level = null;
  channel = null;
  group = null;
  /** What a robot tried before. */
  handover = null;
  /** The local time the customer began to wait, from the offer. */
  waitingSince = null;
  /** How the customer judged it, as `session.rated` told. */
  rating = null;
  /** Local time an offer to us ends, in milliseconds; null without one. */
  offerEndsAt = null;
  offerMilliseconds = 0;
  /** Whether the customer is there, as far as it was told. */
  isOtherThere = true;

  /** The local time the customer has waited since for a human's word; null when he does not. */
  get customerWaitingSince() {
    let since = null;
    for (let index = this.log.messages.length - 1; index >= 0; index -= 1) {
      const message = this.log.messages[index];
      if (message.from.role === 'customer') since = message.at;
      else if (message.kind !== 'system' && message.from.role !== 'bot') break;
    }
    return since;
  }

  apply(frame, now) {
    super.apply(frame, now);
    for (const name of ['customer', 'level', 'channel', 'group', 'handover']) {
      if (frame[name] !== undefined) this[name] = frame[name];
    }
    if (frame.expires_ms !== undefined) {
      this.offerMilliseconds = Math.max(this.offerMilliseconds, frame.expires_ms);
      this.offerEndsAt = now + frame.expires_ms;
    }
    if (frame.waited_ms !== undefined) this.waitingSince = now - frame.waited_ms;
    if (frame.customer) this.isOtherThere = frame.customer.connected !== false;
    if (this.state !== 'offered') {
      this.offerEndsAt = null;
      this.offerMilliseconds = 0;
    }
  }

  take(frame, me, now) {
    if (frame.type === 'participant') return this.#takeParticipant(frame, me);
    if (frame.type !== 'offer') return super.take(frame, me, now);
    this.apply({ ...frame, state: 'offered' }, now);
    return true;
  }

  /** A colleague who comes in or goes does not make the customer come or go. */
  #takeParticipant({ participant, change }, me) {
    if (!participant || participant.id === me.id) return false;
    const isThere = ['joined', 'back'].includes(change);
    if (!isThere && this.typing?.id === participant.id) this.typing = null;
    if (participant.role === 'customer') this.isOtherThere = isThere;
    return true;
  }
}
