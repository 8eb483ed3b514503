// One session as a page sees it: its state, its messages, who types and how far each side has read.
// Made and fed by chathub-client.js, drawn by the widget and the console. No I/O in here.
import { SessionLog } from './chathub-log.js';

/** A typing sign that is not renewed goes out after this long. Milliseconds. */
export const TYPING_MILLISECONDS = 6000;

export class Conversation {
  log = new SessionLog();
  /** `bot`, `queued`, `offered`, `active`, `wrapup` or `closed`; null until told. */
  state = null;
  /** Customers: place among their own kind, 1-based; null when there is none to show. */
  position = null;
  /** Customers: `[least, most]` seconds; most may be null. */
  waitSeconds = null;
  /** Customers: no agent is there who could take it, so there is no saying how long. */
  isNobodyThere = false;
  /** `{id, name}` of the agent who owns it. */
  agent = null;
  /** Customers: `[{id, name}]` of the agents who talk with them beside the one who owns it. */
  agents = [];
  /** Agents only: `{id, connected, profile}`. */
  customer = null;
  level = null;
  topic = null;
  channel = null;
  group = null;
  /** Agents only: the local time the customer began to wait, from the offer. */
  waitingSince = null;
  /** Agents only: how the customer judged it, as `session.rated` told. */
  rating = null;
  /** Whether the other side is there, as far as it was told. */
  isOtherThere = true;
  closeReason = null;
  /** The local time it ended; null while it has not. */
  closedAt = null;
  /** Customers: the queue is out of hours until then, milliseconds since 1970; null within them. */
  opensAt = null;
  /** Customers: what may be chosen after a long wait; null while nothing is asked. */
  choices = null;
  /** The choice on its way: `{choice, code}`, `code` once it was refused; or null. */
  choosing = null;
  /** Local time an offer to us ends, in milliseconds; null without one. */
  offerEndsAt = null;
  offerMilliseconds = 0;
  /** The other side has read up to here. */
  readByOther = 0;
  /** We have read up to here. */
  readByMe = 0;
  /** `{role, id}` of the other side while it types, else null. */
  typing = null;

  constructor(id) { this.id = id; }

  get isOpen() { return this.state !== null && this.state !== 'closed'; }

  /** Messages of others beyond what we have read. */
  unread(me) {
    return this.log.messages.filter((one) => one.seq > this.readByMe && !isMine(one, me)
      && !['system', 'deleted'].includes(one.kind)).length;
  }

  /** The local time the customer has been waiting for a word since; null when he is not. */
  get customerWaitingSince() {
    let since = null;
    for (let index = this.log.messages.length - 1; index >= 0; index -= 1) {
      const message = this.log.messages[index];
      if (message.from.role === 'customer') since = message.at;
      else if (message.kind !== 'system') break;
    }
    return since;
  }

  /** Members that `hello`, `session.start`, `offer` and `session.state` have in common. */
  apply(frame, now) {
    const before = this.state;
    if (frame.state) this.state = frame.state;
    for (const name of ['agent', 'customer', 'level', 'topic', 'channel', 'group',
      'handover']) {
      if (frame[name] !== undefined) this[name] = frame[name];
    }
    if (frame.state) {
      this.agents = frame.agents ?? [];
      this.closedAt = frame.state === 'closed' ? this.closedAt ?? now : null;
    }
    if (frame.position !== undefined) this.position = frame.position;
    this.#takeWait(frame.wait_s);
    this.opensAt = frame.opens_at ?? (this.state === 'queued' ? this.opensAt : null);
    if (this.state !== 'queued') {
      this.choices = null;
      this.choosing = null;
    }
    if (frame.reason !== undefined) this.closeReason = frame.reason;
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
    if (this.state === 'queued' && before === 'active') {
      this.position = null;
      this.agent = null;
    }
    if (this.state !== 'active') this.typing = null;
  }

  /** An event of the session that is neither a message nor its state. Returns whether it counts. */
  take(frame, me, now) {
    switch (frame.type) {
      case 'queue.position':
        this.#takePosition(frame);
        return true;
      case 'queue.choice':
        this.choices = this.state === 'queued' ? frame.choices : null;
        this.choosing = null;
        return true;
      case 'offer':
        this.apply({ ...frame, state: 'offered' }, now);
        return true;
      case 'typing':
        this.typing = frame.typing === false ? null : frame.from ?? null;
        return true;
      case 'read':
        if (frame.from?.id === me.id) this.readByMe = Math.max(this.readByMe, frame.seq);
        else if (isAcross(frame.from, me)) this.readByOther = Math.max(this.readByOther, frame.seq);
        return true;
      case 'participant':
        return this.#takeParticipant(frame, me);
      default:
        return false;
    }
  }

  /** A colleague who comes in or goes does not make the other side come or go. */
  #takeParticipant({ participant, change }, me) {
    if (!participant || participant.id === me.id) return false;
    const isThere = ['joined', 'back'].includes(change);
    if (!isThere && this.typing?.id === participant.id) this.typing = null;
    const isBeside = this.agents.some(({ id }) => id === participant.id);
    if (isAcross(participant, me) && !isBeside) this.isOtherThere = isThere;
    return true;
  }

  /** The number shown to a customer never rises while he waits, whatever arrives. */
  #takePosition({ position = null, wait_s: waitSeconds, opens_at: opensAt = null }) {
    this.opensAt = opensAt;
    this.state ??= 'queued';
    this.position = position && this.position ? Math.min(this.position, position) : position;
    this.#takeWait(waitSeconds);
  }

  /** Left out: what was told before holds. Null: nobody is there. */
  #takeWait(waitSeconds) {
    if (waitSeconds === undefined) return;
    this.waitSeconds = waitSeconds;
    this.isNobodyThere = waitSeconds === null;
  }
}

/** Whether somebody sits on the other side of the desk. */
const isAcross = (one, me) => (one?.role === 'customer') !== (me.role === 'customer');

/** Whether a message is the reader's own. A session has one customer, so his role is enough. */
export const isMine = (message, me) => (message.from.role === 'customer'
  ? me?.role === 'customer' : message.from.id === me?.id);
