// One connection to the hub that mends itself: WebSocket, `hello`, heartbeat watch, back-off, and
// requests that survive all of it. Used by chathub-client.js; no DOM in here, so that node tests
// drive it with a fake socket and a fake clock.
//
// A time-out never means failure: the connection is replaced and the same request, with the same
// `key`, is sent again. The hub makes one of the two.
import { SUBPROTOCOL, decodeLines, encodeFrame, packLines } from './chathub-codec.js';

/** Errors after which the same request is simply sent again, by us and without asking anybody. */
const TRY_AGAIN = new Set(['rate_limited', 'unavailable', 'uncertain', 'draining', 'internal']);
const ANSWER_MILLISECONDS = 10_000;
const PROBE_MILLISECONDS = 3_000;
/** A request that nothing was heard after for so long makes the line doubtful. */
const DOUBT_MILLISECONDS = 2_000;
const HEARTBEAT_SLACK_MILLISECONDS = 10_000;
/** A connection that held this long was good: the next back-off starts small again. */
const STEADY_MILLISECONDS = 10_000;

/** While nobody listens a try costs next to nothing: a hub that starts again is found soon. */
const DOWN_CEILING = 2_000;
const DOWN_ATTEMPTS = 10;

/** Full jitter: anywhere up to a ceiling that doubles from 0.5 s to `highest`. Milliseconds. */
export const backOffMilliseconds = (attempt, random, highest = 20_000) => (
  Math.round(random() * Math.min(highest, 500 * 2 ** Math.min(attempt, 6)))
);

/** Close codes 4500...4999 mean: do not come back. */
export const mayReconnect = (closeCode) => !(closeCode >= 4500 && closeCode <= 4999);

/** What the hub refused, with its code of Protocol/codes.json. */
export class HubError extends Error {
  constructor(code, message, frame = null) {
    super(message ?? code);
    this.name = 'HubError';
    this.code = code;
    this.frame = frame;
  }
}

export const browserEnvironment = () => ({
  WebSocket: globalThis.WebSocket,
  setTimeout: (act, milliseconds) => globalThis.setTimeout(act, milliseconds),
  clearTimeout: (timer) => globalThis.clearTimeout(timer),
  now: () => Date.now(),
  random: Math.random,
});

/**
 * States (`state.name`): `idle`, `connecting`, `ready` (with `isSilent` while the line seems dead),
 * `waiting` (with `retryAt`), `stopped` (with `code`, a close or error code; only
 * `start()` leaves it).
 */
export class Connection {
  state = { name: 'idle' };
  #options;
  #environment;
  #socket = null;
  #requests = new Set();
  #byID = new Map();
  #nextID = 1;
  #lines = [];
  #attempt = 0;
  /** Connects in a row that never got as far as an answer to hello. */
  #failures = 0;
  #readyAt = 0;
  #heardAt = 0;
  #silenceMilliseconds = 35_000;
  #timers = new Map();

  /**
   * `url`: ws or wss. `hello()`: the hello frame without id, asked anew for each connection.
   * `onWelcome(ok)`: the hub's answer to it, before anything else is sent. `onFrame(frame)`: every
   * event. `onState(state)`. `onRefused(error)`: a refused hello; returning true tries once more.
   */
  constructor(options, environment = browserEnvironment()) {
    this.#options = {
      onWelcome() {}, onFrame() {}, onState() {}, onRefused() {}, ...options,
    };
    this.#environment = environment;
  }

  get isReady() { return this.state.name === 'ready'; }

  start() {
    if (this.state.name === 'idle' || this.state.name === 'stopped') this.#connect();
  }

  /** Leaves for good; requests that wait for an answer are refused with `stopped`. */
  stop(code = 'stopped') {
    this.#drop(1000);
    this.#enter({ name: 'stopped', code });
    const waiting = [...this.#requests];
    this.#requests.clear();
    for (const request of waiting) request.reject(new HubError('stopped'));
  }

  /**
   * Sends a request (a frame without id) and answers its `ok`; throws HubError when the hub says
   * no. Kept and sent again over any number of reconnects, so it may take as long as it takes.
   */
  request(frame) {
    return new Promise((resolve, reject) => {
      if (this.state.name === 'stopped') {
        reject(new HubError('stopped'));
        return;
      }
      const request = { frame, resolve, reject, id: 0, refusals: 0, timer: null };
      this.#requests.add(request);
      if (this.isReady) this.#send(request);
    });
  }

  /** Sends an event nobody waits for (typing, read); lost without harm when there is no line. */
  notify(frame) {
    if (this.isReady) this.#write(encodeFrame(frame));
  }

  /** The network came back or the page woke up: try now, or prove that the line still lives. */
  probe() {
    if (this.state.name === 'waiting') {
      this.#connect();
    } else if (this.isReady && !this.#timers.has('probe')) {
      const id = this.#nextID++;
      this.#byID.set(id, null);
      this.#write(encodeFrame({ type: 'pong', id }));
      this.#arm('probe', PROBE_MILLISECONDS, () => this.#reconnect());
    }
  }

  /** The line seems to be gone: says so at once, and replaces it unless it answers. */
  doubt() {
    if (!this.isReady) return;
    if (!this.state.isSilent) this.#enter({ name: 'ready', isSilent: true });
    this.probe();
  }

  /** Gives the line up and takes a new one at once, with a fresh `hello`. */
  renew() {
    if (this.state.name !== 'idle' && this.state.name !== 'stopped') this.#reconnect();
  }

  // Connecting

  #connect() {
    this.#disarm('retry');
    this.#enter({ name: 'connecting' });
    const socket = new this.#environment.WebSocket(this.#options.url, SUBPROTOCOL);
    this.#socket = socket;
    const current = (act) => (event) => { if (this.#socket === socket) act(event); };
    socket.onopen = current(() => this.#greet());
    socket.onmessage = current((event) => this.#receive(event.data));
    socket.onclose = current((event) => this.#closed(event.code));
    // `error` says nothing that the following `close` does not.
    this.#arm('hello', ANSWER_MILLISECONDS, () => this.#reconnectLater(1006));
  }

  #greet() {
    const id = this.#nextID++;
    this.#helloID = id;
    this.#write(encodeFrame({ ...this.#options.hello(), id }));
  }

  #helloID = 0;

  #welcome(answer) {
    this.#disarm('hello');
    if (answer.type === 'error') {
      if (answer.retryable || TRY_AGAIN.has(answer.code)) {
        this.#reconnectLater(answer.code, answer.retry_after_ms);
      } else if (this.#options.onRefused(new HubError(answer.code, answer.message, answer))) {
        this.#reconnectLater(answer.code);
      } else {
        this.stop(answer.code);
      }
      return;
    }
    this.#readyAt = this.#environment.now();
    this.#failures = 0;
    if (answer.heartbeat_ms > 0) {
      this.#silenceMilliseconds = answer.heartbeat_ms + HEARTBEAT_SLACK_MILLISECONDS;
    }
    this.#watchSilence();
    this.#options.onWelcome(answer);
    this.#enter({ name: 'ready' });
    for (const request of this.#requests) this.#send(request);
  }

  #closed(code) {
    if (mayReconnect(code)) this.#reconnectLater(code);
    else this.stop(code);
  }

  #reconnect() {
    this.#drop(1000);
    this.#connect();
  }

  #reconnectLater(code, leastMilliseconds = 0) {
    const held = this.isReady && this.#environment.now() - this.#readyAt > STEADY_MILLISECONDS;
    if (held) this.#attempt = 0;
    if (!this.isReady) this.#failures += 1;
    // A hub that answers and refuses has its reasons: only one that is not there is tried often.
    const isDown = typeof code === 'number' && this.#failures > 0
      && this.#failures <= DOWN_ATTEMPTS;
    this.#drop(1000);
    const delay = leastMilliseconds + backOffMilliseconds(this.#attempt,
      this.#environment.random, isDown ? DOWN_CEILING : undefined);
    this.#attempt += 1;
    this.#enter({ name: 'waiting', code, retryAt: this.#environment.now() + delay });
    this.#arm('retry', delay, () => this.#connect());
  }

  #drop(code) {
    for (const name of [...this.#timers.keys()]) this.#disarm(name);
    for (const request of this.#requests) this.#unsend(request);
    this.#byID.clear();
    this.#lines = [];
    const socket = this.#socket;
    this.#socket = null;
    // Closing a socket that still connects makes browsers log an error; it is right all the same.
    if (socket && socket.readyState < 2) socket.close(code);
  }

  // Receiving

  #receive(data) {
    this.#heardAt = this.#environment.now();
    this.#disarm('probe');
    this.#disarm('doubt');
    if (this.state.isSilent) this.#enter({ name: 'ready' });
    const socket = this.#socket;
    for (const frame of decodeLines(data, this.#options.onBadLine)) {
      if (this.#socket !== socket) return;
      this.#take(frame);
    }
  }

  #take(frame) {
    const isAnswer = frame.type === 'ok' || frame.type === 'error';
    if (isAnswer && this.state.name === 'connecting') {
      if (frame.id === this.#helloID || frame.id === undefined) this.#welcome(frame);
    } else if (isAnswer) {
      this.#answer(frame);
    } else if (frame.type === 'ping') {
      this.notify({ type: 'pong' });
    } else if (frame.type === 'drain') {
      const within = frame.reconnect_after_ms ?? 1000;
      this.#arm('drain', this.#environment.random() * within, () => this.#reconnect());
    } else {
      this.#options.onFrame(frame);
    }
  }

  #answer(frame) {
    const request = this.#byID.get(frame.id);
    this.#byID.delete(frame.id);
    if (!request) return;
    this.#environment.clearTimeout(request.timer);
    if (frame.type === 'error' && TRY_AGAIN.has(frame.code)) {
      const delay = (frame.retry_after_ms ?? 0)
        + backOffMilliseconds(request.refusals, this.#environment.random);
      request.refusals += 1;
      request.timer = this.#environment.setTimeout(() => this.#send(request), delay);
      return;
    }
    this.#requests.delete(request);
    if (frame.type === 'ok') {
      this.#attempt = 0;
      request.resolve(frame);
    } else {
      request.reject(new HubError(frame.code, frame.message, frame));
    }
  }

  /** Nothing heard for a heartbeat and more: the line is dead, whatever the socket believes. */
  #watchSilence() {
    const quiet = this.#environment.now() - this.#heardAt;
    if (quiet >= this.#silenceMilliseconds) this.#reconnect();
    else this.#arm('silence', this.#silenceMilliseconds - quiet, () => this.#watchSilence());
  }

  // Sending

  #send(request) {
    if (!this.#requests.has(request) || !this.isReady) return;
    request.id = this.#nextID++;
    this.#byID.set(request.id, request);
    request.timer = this.#environment.setTimeout(() => this.#reconnect(), ANSWER_MILLISECONDS);
    this.#write(encodeFrame({ ...request.frame, id: request.id }));
    if (!this.#timers.has('doubt')) this.#arm('doubt', DOUBT_MILLISECONDS, () => this.doubt());
  }

  #unsend(request) {
    this.#environment.clearTimeout(request.timer);
    request.timer = null;
    request.id = 0;
  }

  /** Lines of one turn leave in one frame. */
  #write(line) {
    this.#lines.push(line);
    if (this.#lines.length > 1) return;
    const socket = this.#socket;
    queueMicrotask(() => {
      const lines = this.#lines;
      if (this.#socket !== socket || socket?.readyState !== 1) return;
      this.#lines = [];
      for (const packed of packLines(lines)) socket.send(packed);
    });
  }

  #arm(name, milliseconds, act) {
    this.#disarm(name);
    this.#timers.set(name, this.#environment.setTimeout(() => {
      this.#timers.delete(name);
      act();
    }, milliseconds));
  }

  #disarm(name) {
    this.#environment.clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }

  #enter(state) {
    this.state = state;
    this.#options.onState(state);
  }
}

/** Tries at once when the browser is online again or the page comes back to sight. */
export function watchNetwork(connection, page = globalThis) {
  const watch = new AbortController();
  const probe = () => connection.probe();
  const seen = () => { if (page.document.visibilityState === 'visible') probe(); };
  for (const [target, type, act] of [
    [page, 'online', probe], [page, 'offline', () => connection.doubt()], [page, 'pageshow', probe],
    [page.document, 'visibilitychange', seen],
  ]) target.addEventListener(type, act, { signal: watch.signal });
  return () => watch.abort();
}
