// A clock, a socket and a storage that tests hold in their hands. Every frame a page sends through
// the fake socket is judged like the hub would judge it.
import assert from 'node:assert/strict';
import { clientFrameProblem } from './frames.mjs';

export const SESSION = 's_014d2pf2dbsqqzxq5tk1v58cgg';

/** Lets promises that are ready go on. */
export const settled = async () => { for (let turn = 0; turn < 20; turn += 1) await null; };

export class FakeClock {
  time = 1_000_000;
  #timers = new Map();
  #next = 1;

  setTimeout(act, milliseconds) {
    const id = this.#next++;
    this.#timers.set(id, { act, at: this.time + milliseconds });
    return id;
  }

  clearTimeout(id) { this.#timers.delete(id); }

  /** Runs what falls due on the way, in order. */
  async advance(milliseconds) {
    const end = this.time + milliseconds;
    for (;;) {
      await settled();
      const due = [...this.#timers].filter(([, timer]) => timer.at <= end)
        .sort(([, left], [, right]) => left.at - right.at)[0];
      if (!due) break;
      this.#timers.delete(due[0]);
      this.time = Math.max(this.time, due[1].at);
      due[1].act();
    }
    this.time = end;
    await settled();
  }
}

/** An environment for `Connection`; `sockets` are those it opened, the last one is `socket`. */
export class FakeEnvironment {
  clock = new FakeClock();
  sockets = [];
  /** What `random` answers. */
  luck = 1;

  constructor() {
    const environment = this;
    this.WebSocket = class {
      readyState = 0;
      lines = [];
      constructor(url, protocol) {
        Object.assign(this, { url, protocol });
        environment.sockets.push(this);
      }

      send(data) {
        assert.equal(this.readyState, 1, 'sends only on an open socket');
        for (const line of data.split('\n')) {
          const frame = JSON.parse(line);
          assert.equal(clientFrameProblem(frame), null, line);
          this.lines.push(frame);
        }
      }

      close() { this.readyState = 3; }
      open() { this.readyState = 1; this.onopen({}); return settled(); }
      say(...frames) {
        this.onmessage({ data: frames.map((frame) => JSON.stringify(frame)).join('\n') });
        return settled();
      }

      end(code) { this.readyState = 3; this.onclose({ code }); return settled(); }
      /** Frames of a type, oldest first. */
      of(type) { return this.lines.filter((frame) => frame.type === type); }
      last(type) { return this.of(type).at(-1); }
    };
  }

  get socket() { return this.sockets.at(-1); }
  setTimeout(act, milliseconds) { return this.clock.setTimeout(act, milliseconds); }
  clearTimeout(id) { this.clock.clearTimeout(id); }
  now() { return this.clock.time; }
  random = () => this.luck;

  /** Opens the newest socket and answers its hello. */
  async welcome(more = {}) {
    await this.socket.open();
    const { id, role } = this.socket.last('hello');
    await this.socket.say({
      type: 'ok', id, you: { id: role === 'customer' ? 'v_1' : 'anna', role, secret: 'vs_1' },
      now: Date.now(), heartbeat_ms: 25000, limits: { message_bytes: 8192 }, sessions: [], ...more,
    });
  }
}

/** Web storage over a Map, as SafeStorage wants it. */
export class FakeStorage {
  items = new Map();
  get length() { return this.items.size; }
  key(index) { return [...this.items.keys()][index] ?? null; }
  getItem(name) { return this.items.get(name) ?? null; }
  setItem(name, value) { this.items.set(name, String(value)); }
  removeItem(name) { this.items.delete(name); }
}

/** Numbers between 0 and 1 that a seed repeats (mulberry32). */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export const message = (seq, more = {}) => ({
  type: 'message', session: SESSION, seq, at: 1764000000000 + seq, from: { role: 'agent', id: 'anna' },
  kind: 'text', text: `message ${seq}`, ...more,
});
