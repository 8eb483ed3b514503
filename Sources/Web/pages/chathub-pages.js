// Brings a session's messages into its log: what is missing at its end, and older pages on wish.
// Used by chathub-client.js.

export class HistoryPages {
  #request;
  #took;
  #running = new Map();

  /**
   * `request(frame)`: a promise of the hub's `ok`. `took(conversation, ok)`: puts a page into the
   * log and tells about it.
   */
  constructor({ request, took }) {
    this.#request = request;
    this.#took = took;
  }

  /** Fetches until nothing is missing, or the hub has nothing more to tell. */
  async fill(conversation) {
    while (conversation.log.missing) {
      const before = conversation.log.lastSeq;
      await this.fetch(conversation, conversation.log.missing);
      if (conversation.log.lastSeq === before) return;
    }
  }

  /** An older page. */
  async older(conversation) {
    const { log } = conversation;
    if (log.firstSeq > 1) await this.fetch(conversation, { before: log.firstSeq, limit: 50 });
  }

  /** One request a session at a time; a second caller waits for the first one's page. */
  async fetch(conversation, range) {
    const running = this.#running.get(conversation.id);
    if (running) {
      await running;
      return;
    }
    const page = this.#fetchPage(conversation, range);
    this.#running.set(conversation.id, page);
    try {
      await page;
    } finally {
      this.#running.delete(conversation.id);
    }
  }

  async #fetchPage(conversation, range) {
    try {
      const ok = await this.#request({ type: 'history', session: conversation.id, ...range });
      this.#took(conversation, ok);
    } catch (error) {
      // A refusal (the session is gone, the page was closed) leaves the log as it is.
      if (!error.code) throw error;
    }
  }
}
