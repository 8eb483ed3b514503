// One session as a page sees it: its state, its messages, who types and how far each side has read.
// Made and fed by chathub-client.js, drawn by the widget; the console's knows more
// (chathub-desk-conversation.js). No I/O in here.
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
  topic = null;
  closeReason = null;
  /** The local time it ended; null while it has not. */
  closedAt = null;
  /** Customers: the queue is out of hours until then, milliseconds since 1970; null within them. */
  opensAt = null;
  /** Customers: what may be chosen after a long wait; null while nothing is asked. */
  choices = null;
  /** The choice on its way: `{choice, code}`, `code` once it was refused; or null. */
  choosing = null;
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

  /** Members that `hello`, `session.start`, `offer` and `session.state` have in common. */
  apply(frame, now) {
    const before = this.state;
    if (frame.state) this.state = frame.state;
    if (frame.agent !== undefined) this.agent = frame.agent;
    if (frame.topic !== undefined) this.topic = frame.topic;
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
      case 'typing':
        this.typing = frame.typing === false ? null : frame.from ?? null;
        return true;
      case 'read':
        if (frame.from?.id === me.id) this.readByMe = Math.max(this.readByMe, frame.seq);
        else if (isAcross(frame.from, me)) this.readByOther = Math.max(this.readByOther, frame.seq);
        return true;
      default:
        return false;
    }
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
