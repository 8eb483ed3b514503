// Files on their way to the hub, one after the other: offered, uploaded, handed on as a message of
// the outbox. Loaded by chathub-client.js with the first file that is sent; no DOM in here.
//
// The key of a file is its identity over every try: the hub makes one file of all offers with it,
// and what went out whole is not sent a second time when only the answer was lost.
import { HubError } from './chathub-connection.js';
import { newKey } from './chathub-outbox.js';

/** Refusals that another try alone may mend: the hub was busy, or the address too old. */
const TRY_AGAIN = new Set(['unavailable', 'bad_link']);
/** Refusals that another try would not change. */
const HOPELESS = ['file_too_big', 'file_type', 'file_empty'];
const MOST_TRIES = 5;
const NAME_BYTES = 255;

/**
 * An entry: `{key, session, content, file: {id, name, type, bytes}, order, state, share, code}`.
 * `state`: `waiting` or `failed`; `share`: how much of it went out, 0...1; `onShare` hears of it.
 * `wentOut`: all of it, and no answer was heard.
 */
export class Uploads {
  #entries = new Map();
  #options;
  #current = null;
  #order = 0;

  /**
   * `request(frame)`: as the connection's. `hub`: address of the hub's pages. `terms()`: the
   * site's `{max_bytes, types}`. `deliver(entry)`: it is there, say so. `changed(session)`.
   * `window`: asks before it goes while files wait, which no reload brings back.
   */
  constructor(options) {
    this.#options = { put: putFile, look: typeAt, pause, window: globalThis, ...options };
    this.#options.window.addEventListener?.('beforeunload', (event) => {
      if (this.#isWaiting) event.preventDefault();
    });
  }

  get #isWaiting() {
    return [...this.#entries.values()]
      .some(({ state, code }) => state === 'waiting' || code === 'network');
  }

  entries(session) {
    return [...this.#entries.values()].filter((entry) => entry.session === session);
  }

  add(session, content) {
    this.#order = Math.max(this.#order + 1, Date.now());
    const entry = {
      key: newKey(),
      session,
      content,
      text: '',
      file: { name: shortName(content.name), type: content.type, bytes: content.size },
      order: this.#order,
      state: 'waiting',
      share: 0,
      wentOut: false,
      onShare() {},
      control: new AbortController(),
    };
    this.#entries.set(entry.key, entry);
    const code = this.#problem(entry.file);
    if (code) this.#fail(entry, code);
    else this.#options.changed(session);
    this.#work();
  }

  retry(key) {
    const entry = this.#entries.get(key);
    if (entry?.state !== 'failed') return;
    entry.state = 'waiting';
    entry.code = undefined;
    this.#options.changed(entry.session);
    this.#work();
  }

  /** The network is back: those that failed for want of it go on by themselves. */
  resume() {
    for (const { key, code } of [...this.#entries.values()]) {
      if (code === 'network') this.retry(key);
    }
  }

  /** Gives one up, also while it is on its way. */
  cancel(key) {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    entry.control.abort();
    this.#options.changed(entry.session);
  }

  /** What can be told without the hub. */
  #problem({ bytes }) {
    if (bytes === 0) return 'file_empty';
    return bytes > (this.#options.terms()?.max_bytes ?? Infinity) ? 'file_too_big' : null;
  }

  #fail(entry, code) {
    if (!this.#entries.has(entry.key)) return;
    entry.state = 'failed';
    entry.code = code;
    entry.isHopeless = HOPELESS.includes(code);
    entry.share = 0;
    this.#options.changed(entry.session);
  }

  async #work() {
    if (this.#current) return;
    this.#current = [...this.#entries.values()].find((one) => one.state === 'waiting');
    if (!this.#current) return;
    try {
      await this.#send(this.#current);
    } finally {
      this.#current = null;
    }
    this.#work();
  }

  async #send(entry) {
    for (let tries = 1; this.#entries.has(entry.key); tries += 1) {
      try {
        await this.#transfer(entry);
        if (!this.#entries.delete(entry.key)) return;
        this.#options.deliver(entry);
        return;
      } catch (error) {
        if (!error.code) console.error('chathub', error);
        if (!TRY_AGAIN.has(error.code) || tries === MOST_TRIES) {
          this.#fail(entry, error.code === 'stopped' ? 'network' : error.code ?? 'internal');
          return;
        }
        await this.#options.pause(tries);
      }
    }
  }

  async #transfer(entry) {
    const { key, session, file } = entry;
    const { file: id, upload } = await this.#options.request({
      type: 'file.offer', session, key, name: file.name, bytes: file.bytes,
      media_type: file.type || undefined,
    });
    file.id = id;
    if (entry.control.signal.aborted) return;
    if (entry.wentOut && await this.#isThere(entry)) return;
    entry.wentOut = false;
    const { type } = await this.#options.put(new URL(upload, this.#options.hub), entry.content, {
      signal: entry.control.signal,
      onShare: (share) => {
        entry.share = share;
        entry.wentOut = share === 1;
        entry.onShare(share);
      },
    });
    file.type = type;
  }

  /** It went out whole and the answer was lost: the hub may have it. */
  async #isThere({ session, file }) {
    try {
      const { url } = await this.#options.request({
        type: 'file.link', session, file: file.id,
      });
      file.type = await this.#options.look(new URL(url, this.#options.hub));
      return true;
    } catch (error) {
      if (error.code !== 'no_file') throw error;
      return false;
    }
  }
}

/** Uploads `content`; answers what the hub says it is. Throws HubError, `network` for no answer. */
function putFile(url, content, { signal, onShare }) {
  return new Promise((resolve, reject) => {
    const line = new XMLHttpRequest();
    line.upload.onprogress = ({ loaded, total }) => onShare(loaded / total);
    line.onload = () => {
      const answer = parsed(line.responseText);
      if (line.status === 201) resolve(answer);
      else reject(new HubError(answer.code ?? 'internal'));
    };
    line.onerror = () => reject(new HubError('network'));
    line.onabort = line.onerror;
    signal.addEventListener('abort', () => line.abort());
    line.open('PUT', url);
    line.send(content);
  });
}

/** What the hub takes it for. Throws HubError. */
async function typeAt(url) {
  let answer;
  try {
    answer = await fetch(url, { method: 'HEAD', credentials: 'omit' });
  } catch {
    throw new HubError('network');
  }
  if (!answer.ok) throw new HubError(answer.status === 404 ? 'no_file' : 'unavailable');
  return answer.headers.get('Content-Type')?.split(';')[0] ?? '';
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

const pause = (tries) => new Promise((resolve) => { setTimeout(resolve, 500 * 2 ** tries); });

/** Within the hub's bytes, and still with its ending. */
export function shortName(name) {
  const bytes = (text) => new TextEncoder().encode(text).length;
  const letters = [...(name || 'file')];
  const dot = letters.lastIndexOf('.');
  const ending = dot > 0 && letters.length - dot <= 8 ? letters.splice(dot) : [];
  while (bytes(letters.join('') + ending.join('')) > NAME_BYTES) letters.pop();
  return letters.join('') + ending.join('');
}
