// The supervisor's client: the board, lists of sessions, and what a supervisor does with one. Used
// by chathub-board.js.
import { AgentClient } from './chathub-agent.js';

export class BoardClient extends AgentClient {
  /** The last `board.update`, with our time of its arrival; null before the first. */
  board = null;
  #isSubscribing = false;

  /** A page of open sessions: `{sessions, more, next}`. `filter`: state, group, agent, after. */
  list(filter) { return this.link.request({ type: 'sessions.list', limit: 50, ...filter }); }

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
    } else {
      super.take(frame);
    }
  }
}
