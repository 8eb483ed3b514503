// The supervisor's client: the board, lists of sessions, one that is looked on at, and what a
// supervisor does with any. Used by chathub-board.js.
import { AgentClient } from './chathub-agent.js';
import { HubClient } from './chathub-client.js';
import { newKey } from './chathub-outbox.js';

export class BoardClient extends AgentClient {
  /** The last `board.update`, with our time of its arrival; null before the first. */
  board = null;
  /** The conversation that is looked on at, unseen by those in it; null: none. */
  watched = null;
  #isSubscribing = false;

  /** A page of open sessions: `{sessions, more, next}`. `filter`: state, group, agent, after. */
  list(filter) { return this.link.request({ type: 'sessions.list', limit: 50, ...filter }); }

  /** What is said in a session from now on, and what was said before. */
  async watch(session) {
    const ok = await this.link.request({ type: 'session.watch', session });
    const conversation = this.find(session);
    this.watched = conversation;
    this.applySnapshot(conversation, ok);
    return conversation;
  }

  /** No harm when it has ended meanwhile. */
  unwatch() {
    const { watched } = this;
    if (!watched) return;
    this.watched = null;
    this.link.request({ type: 'session.unwatch', session: watched.id })
      .catch((error) => { if (!error.code) throw error; });
    this.dismiss(watched);
  }

  takeOver(session) { return this.link.request({ type: 'session.take', session }); }

  whisper(session, text) {
    return this.link.request({ type: 'session.whisper', session, key: newKey(), text });
  }

  /** In an agent's place. The board shows it at once, not only with its next update. */
  async setStatusOf(agent, status, reason) {
    const ok = await this.link.request({
      type: 'agent.set', agent, status, reason: reason || undefined,
    });
    const shown = this.board?.agents.find(({ id }) => id === agent);
    if (!shown) return;
    Object.assign(shown, { reason: undefined, by: undefined, ramp: undefined }, ok.agent);
    this.tell('board');
  }

  /** The newest notes and whispers, oldest first. */
  async notesOf(session) {
    return (await this.link.request({
      type: 'session.notes', session, before: Number.MAX_SAFE_INTEGER, limit: 50,
    })).notes;
  }

  // The hub's side

  hello() {
    const frame = super.hello();
    // Watching belongs to the connection and is not resumed.
    const resume = frame.resume?.filter(({ session }) => session !== this.watched?.id);
    return { ...frame, resume: resume?.length ? resume : undefined };
  }

  missedTheEnd(conversation) {
    if (conversation !== this.watched) {
      super.missedTheEnd(conversation);
      return;
    }
    this.watch(conversation.id).catch((error) => {
      if (!error.code) throw error;
      HubClient.prototype.missedTheEnd.call(this, conversation);
    });
  }

  /** Whoever looks on unseen has read nothing. */
  markRead(conversation) { if (conversation !== this.watched) super.markRead(conversation); }

  /** What is looked on at stays in sight, whoever has it. */
  takeState(conversation, frame) {
    if (conversation === this.watched) {
      HubClient.prototype.takeState.call(this, conversation, frame);
    } else {
      super.takeState(conversation, frame);
    }
  }

  /** The queues' own updates are not asked for: the board has them all. */
  async ready() {
    if (this.#isSubscribing) return;
    this.#isSubscribing = true;
    try {
      await this.link.request({ type: 'board.subscribe' });
    } catch (error) {
      if (!error.code) throw error;
      this.tell('refused', null, { code: error.code });
    } finally {
      this.#isSubscribing = false;
    }
  }

  take(frame) {
    if (frame.type === 'board.update') {
      this.board = { ...frame, receivedAt: Date.now() };
      this.tell('board');
    } else if (frame.type === 'note') {
      this.tell('note', this.conversations.get(frame.session) ?? null, { note: frame });
    } else {
      super.take(frame);
    }
  }
}
