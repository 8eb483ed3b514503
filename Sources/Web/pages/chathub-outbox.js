// Messages on their way: kept, with their keys, from the moment a person sends them until the hub
// has them, over reconnects and page reloads. Used by chathub-client.js.
//
// One message a session is in flight at a time, so that a refused and repeated one can never be
// overtaken by the next. Each entry has a storage item of its own: two tabs do not overwrite each
// other, and when both send the same entry its key makes it one message.

/** 128 random bits as text; unique enough to be nobody else's. */
export function newKey(crypto = globalThis.crypto) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `k-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/**
 * A `Storage` that cannot fail: where the browser refuses (private windows, blocked storage, full),
 * it remembers for the life of the page.
 */
export class SafeStorage {
  #storage;
  #memory = new Map();

  /** `find` returns localStorage or sessionStorage; merely touching them may throw. */
  constructor(find) {
    try {
      this.#storage = find();
    } catch {
      this.#storage = null;
    }
  }

  get(name) {
    return this.#memory.has(name) ? this.#memory.get(name) : this.#storage?.getItem(name) ?? null;
  }

  set(name, value) {
    try {
      if (!this.#storage) throw new Error('no storage');
      this.#storage.setItem(name, value);
      this.#memory.delete(name);
    } catch {
      this.#memory.set(name, value);
    }
  }

  remove(name) {
    this.#memory.delete(name);
    this.#storage?.removeItem(name);
  }

  names(prefix) {
    const names = new Set(this.#memory.keys());
    for (let index = 0; index < (this.#storage?.length ?? 0); index += 1) {
      names.add(this.#storage.key(index));
    }
    return [...names].filter((name) => name.startsWith(prefix));
  }

  /** A value kept as JSON; null when there is none or it is not ours. */
  getJSON(name) {
    try {
      return JSON.parse(this.get(name));
    } catch {
      this.remove(name);
      return null;
    }
  }

  setJSON(name, value) { this.set(name, JSON.stringify(value)); }
}

/** An entry: `{key, session, text, file, at, order, state: 'waiting' | 'failed', code}`. */
export class Outbox {
  #entries = new Map();
  #inFlight = new Set();
  #options;
  #order = 0;

  /**
   * `storage`: SafeStorage. `prefix`: names its items. `send(entry)`: a promise of the hub's `ok`,
   * which never fails for want of a connection. `onSent(entry, ok)`. `onChange(session)`.
   */
  constructor(options) {
    this.#options = { onSent() {}, onChange() {}, now: () => Date.now(), ...options };
    for (const name of this.#options.storage.names(this.#options.prefix)) {
      const entry = this.#options.storage.getJSON(name);
      if (entry?.key && entry.session && typeof entry.text === 'string') {
        this.#entries.set(entry.key, entry);
      }
    }
    this.#order = Math.max(0, ...[...this.#entries.values()].map((entry) => entry.order));
  }

  /** Oldest first. */
  entries(session) {
    return [...this.#entries.values()]
      .filter((entry) => entry.session === session)
      .sort((left, right) => left.order - right.order);
  }

  /** `file`: one that is there, with its `id`; or null. */
  add(session, text, key = newKey(), file = null) {
    const known = this.#entries.get(key);
    if (known) return known;
    this.#order = Math.max(this.#order + 1, this.#options.now());
    const at = this.#options.now();
    const entry = { key, session, text, file, at, order: this.#order, state: 'waiting' };
    this.#keep(entry);
    this.flush(session);
    return entry;
  }

  /** Sends what waits, in one session or in all: once the connection is there. */
  flush(session = null) {
    const all = [...this.#entries.values()].map((entry) => entry.session);
    for (const one of session ? [session] : new Set(all)) this.#sendNext(one);
  }

  /** The hub showed a message with this key: it is there, whatever we heard before. */
  settle(key) {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#options.storage.remove(this.#options.prefix + key);
    this.#options.onChange(entry.session);
  }

  retry(key) {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#keep({ ...entry, state: 'waiting', code: undefined });
    this.flush(entry.session);
  }

  #keep(entry) {
    this.#entries.set(entry.key, entry);
    this.#options.storage.setJSON(this.#options.prefix + entry.key, entry);
    this.#options.onChange(entry.session);
  }

  #sendNext(session) {
    if (this.#inFlight.has(session)) return;
    const entry = this.entries(session).find((one) => one.state === 'waiting');
    if (!entry) return;
    this.#inFlight.add(session);
    this.#options.send(entry).then((ok) => {
      this.#inFlight.delete(session);
      this.#options.onSent(entry, ok);
      this.settle(entry.key);
      this.#sendNext(session);
    }, (error) => {
      this.#inFlight.delete(session);
      // `stopped`: the connection was given up, not the message; it is sent at the next start.
      if (error.code === 'stopped') return;
      if (this.#entries.has(entry.key)) {
        this.#keep({ ...entry, state: 'failed', code: error.code ?? 'internal' });
      }
      this.#sendNext(session);
    });
  }
}
