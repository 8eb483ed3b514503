// What colleagues write in a session for each other: notes, and whispers of a supervisor. They have
// numbers of their own and never reach a customer. Kept like messages: on their way until the hub
// has them, fetched where they are missing. Used by chathub-agent.js; no drawing in here.
import { SessionLog } from './chathub-log.js';
import { Outbox } from './chathub-outbox.js';
import { HistoryPages } from './chathub-pages.js';

/** A note as the log keeps messages: its number is its place. */
const asEntry = (note) => ({ ...note, seq: note.note });

export class SessionNotes {
  #options;
  #outbox;
  #pages;
  #holders = new Map();

  /**
   * `request(frame)`, `storage`, `nameOf(item)` (names what is stored), `kindOf(session)`: `note`
   * or `whisper`; `lastSeq(session)`: the newest message; `me()`; `tell(what, session, more)`.
   */
  constructor(options) {
    this.#options = options;
    const { request, storage, nameOf, kindOf, lastSeq, me, tell } = options;
    this.#outbox = new Outbox({
      storage,
      prefix: nameOf('note:'),
      send: ({ session, key, text }) => request({
        type: kindOf(session) === 'whisper' ? 'session.whisper' : 'session.note',
        session, key, text,
      }),
      onSent: ({ session, text }, { note, at }) => {
        const { id, role, name } = me();
        this.#add(session, [{
          note, at, text, kind: kindOf(session), after_seq: lastSeq(session),
          from: { role, id, name },
        }], true);
      },
      onChange: (session) => tell('notes', session, { fresh: [] }),
    });
    this.#pages = new HistoryPages({
      request: (frame) => request({ ...frame, type: 'session.notes' }),
      took: ({ id }, ok) => {
        this.#holder(id).log.mention(ok.last_note);
        this.#add(id, ok.notes, false);
      },
    });
  }

  /** Ascending. */
  of(session) { return this.#holders.get(session)?.log.messages ?? []; }
  pending(session) { return this.#outbox.entries(session); }
  add(session, text) { this.#outbox.add(session, text); }
  retry(key) { this.#outbox.retry(key); }
  discard(key) { this.#outbox.settle(key); }
  flush() { this.#outbox.flush(); }

  forget(session) {
    this.#holders.delete(session);
    this.#options.storage.remove(this.#readName(session));
  }

  /** How many of others came since the session was last looked at. */
  unread(session) {
    const read = Number(this.#options.storage.get(this.#readName(session)));
    const { id } = this.#options.me();
    return this.of(session).filter((one) => one.note > read && one.from.id !== id).length;
  }

  markRead(session) {
    if (this.unread(session) === 0) return;
    this.#options.storage.set(this.#readName(session), String(this.of(session).at(-1).note));
  }

  /** The hub's word for how many there are; fetches all that are missing. */
  async mention(session, lastNote) {
    const holder = this.#holder(session);
    holder.log.mention(lastNote);
    await this.#pages.fill(holder);
    while (holder.log.firstSeq > 1) {
      const before = holder.log.firstSeq;
      await this.#pages.older(holder);
      if (holder.log.firstSeq === before) return;
    }
  }

  /** The event `note`. */
  take(frame) {
    if (frame.key) this.#outbox.settle(frame.key);
    this.#add(frame.session, [frame], true);
    this.#pages.fill(this.#holder(frame.session));
  }

  #readName(session) { return this.#options.nameOf(`notes-read:${session}`); }

  #holder(id) {
    if (!this.#holders.has(id)) this.#holders.set(id, { id, log: new SessionLog() });
    return this.#holders.get(id);
  }

  #add(session, notes, isLive) {
    for (const { key } of notes) if (key) this.#outbox.settle(key);
    const fresh = this.#holder(session).log.add(...notes.map(asEntry));
    if (fresh.length) this.#options.tell('notes', session, { fresh, isLive });
  }
}
