// So that no chat stays unnoticed: a sound, a notification of the browser, and the page's title.
// Offers ring again until somebody answers them. Used by chathub-console.js.

const RING_AGAIN_MILLISECONDS = 6000;
/** Loudness of a ring, 0 to 1: each one that nobody answers is followed by a louder one. */
const LOUDNESS = [0.14, 0.22, 0.32, 0.45];
/** Frequency in hertz, start and length in seconds. */
const CHIME = [[660, 0, 0.16], [880, 0.15, 0.28]];
const TICK = [[620, 0, 0.09]];

export class ConsoleAttention {
  #settings;
  #open;
  #audio = null;
  #ringing = null;
  #shown = new Map();

  /** `settings`: ConsoleSettings. `open(session)`: a notification was pressed. */
  constructor(settings, open) {
    this.#settings = settings;
    this.#open = open;
    // Browsers let a page sound only after somebody touched it.
    for (const type of ['pointerdown', 'keydown']) {
      document.addEventListener(type, () => this.#wake(), { capture: true });
    }
    document.addEventListener('visibilitychange', () => { if (this.#isLookedAt) this.#clear(); });
  }

  /** `granted`, `denied`, `default`, or `none` where there are no notifications. */
  get permission() { return globalThis.Notification?.permission ?? 'none'; }

  async askPermission() {
    return await globalThis.Notification?.requestPermission() === 'granted';
  }

  /** Somebody is asked: rings now, and again while `isStillAsked()`. */
  ring(session, title, text, isStillAsked) {
    this.#play(CHIME);
    this.#notify(session, title, text);
    let rung = 0;
    this.#ringing ??= setInterval(() => {
      rung = Math.min(rung + 1, LOUDNESS.length - 1);
      if (isStillAsked()) this.#play(CHIME, LOUDNESS[rung]);
      else this.quiet();
    }, RING_AGAIN_MILLISECONDS);
  }

  quiet() {
    clearInterval(this.#ringing);
    this.#ringing = null;
  }

  /** A word in a chat nobody looks at. */
  tell(session, title, text) {
    this.#play(TICK);
    this.#notify(session, title, text);
  }

  /** Takes a session's notification away: it was opened, answered or is over. */
  settle(session) {
    this.#shown.get(session)?.close();
    this.#shown.delete(session);
  }

  /** So that a person hears what he has switched on. */
  try() { this.#play(TICK); }

  get #isLookedAt() { return document.visibilityState === 'visible' && document.hasFocus(); }

  #notify(session, title, text) {
    const isWanted = this.#settings.get('notify') && this.permission === 'granted';
    if (!isWanted || this.#isLookedAt) return;
    const shown = new Notification(title, { body: text.slice(0, 200), tag: session });
    shown.onclick = () => {
      globalThis.focus();
      shown.close();
      this.#open(session);
    };
    this.#shown.set(session, shown);
  }

  #clear() {
    for (const session of [...this.#shown.keys()]) this.settle(session);
  }

  #wake() {
    this.#audio ??= globalThis.AudioContext ? new AudioContext() : null;
    if (this.#audio?.state === 'suspended') this.#audio.resume();
  }

  #play(notes, loudest = LOUDNESS[0]) {
    if (!this.#settings.get('sound') || this.#audio?.state !== 'running') return;
    const { currentTime, destination } = this.#audio;
    for (const [frequency, start, length] of notes) {
      const tone = this.#audio.createOscillator();
      const loudness = this.#audio.createGain();
      const from = currentTime + start;
      tone.frequency.value = frequency;
      loudness.gain.setValueAtTime(0, from);
      loudness.gain.linearRampToValueAtTime(loudest, from + 0.015);
      loudness.gain.exponentialRampToValueAtTime(0.0001, from + length);
      tone.connect(loudness).connect(destination);
      tone.start(from);
      tone.stop(from + length);
    }
  }
}
