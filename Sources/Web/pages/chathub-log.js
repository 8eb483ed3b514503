// What a page holds of one session's messages: a run of numbers without holes, whatever order live
// messages, resumes and history pages arrive in. Used by chathub-client.js; pure.

export class SessionLog {
  /** Opaque; null until the hub told it. */
  epoch = null;
  /** The highest number the hub has mentioned; beyond `lastSeq` something is missing. */
  knownLastSeq = 0;
  #run = [];
  #ahead = new Map();

  /** Ascending, without holes. */
  get messages() { return this.#run; }
  get firstSeq() { return this.#run.length ? this.#run[0].seq : 0; }
  /** What a resume names as `after`. 0 when nothing is held. */
  get lastSeq() { return this.#run.length ? this.#run[this.#run.length - 1].seq : 0; }
  get hasOlder() { return this.#run.length ? this.firstSeq > 1 : this.knownLastSeq > 0; }

  /**
   * The `history` members that would fetch what is missing at the end, or null when nothing is. An
   * empty log asks for the newest page, not for the oldest.
   */
  get missing() {
    if (this.lastSeq >= this.knownLastSeq) return null;
    return this.#run.length
      ? { after: this.lastSeq, limit: 200 } : { before: this.knownLastSeq + 1, limit: 50 };
  }

  /**
   * Takes the epoch of a frame. Another one than ours means that the stream was lost or rolled
   * back: what we hold beyond `sound` (where the streams forked; 0: nothing is sound) is dropped.
   * Returns whether anything was.
   */
  enterEpoch(epoch, sound = 0) {
    if (epoch === undefined || epoch === null) return false;
    const isOther = this.epoch !== null && String(epoch) !== this.epoch;
    this.epoch = String(epoch);
    return isOther && this.#cut(sound);
  }

  #cut(sound) {
    const held = this.lastSeq;
    this.#run = this.#run.filter((one) => one.seq <= sound);
    this.#ahead.clear();
    this.knownLastSeq = this.lastSeq;
    return this.lastSeq !== held;
  }

  /** A message was deleted: it keeps its number and loses its words. Returns whether it is held. */
  strike(seq) {
    const index = seq - this.firstSeq;
    const message = this.#run[index];
    if (!message) return false;
    const { seq: number, at, from } = message;
    this.#run[index] = { seq: number, at, from, kind: 'deleted' };
    return true;
  }

  /** The hub's word for how far the session goes. */
  mention(lastSeq) {
    this.knownLastSeq = Math.max(this.knownLastSeq, lastSeq ?? 0);
  }

  /** Takes messages in any order, any number of times. Returns those that are new to the run. */
  add(...messages) {
    const fresh = [];
    for (const message of messages) this.mention(message.seq);
    const older = messages.filter((one) => this.#run.length && one.seq < this.firstSeq)
      .sort((left, right) => right.seq - left.seq);
    for (const message of older) {
      if (message.seq !== this.firstSeq - 1) continue;
      this.#run.unshift(message);
      fresh.unshift(message);
    }
    const newer = messages.filter((one) => one.seq > this.lastSeq)
      .sort((left, right) => left.seq - right.seq);
    for (const message of newer) this.#ahead.set(message.seq, message);
    // A page that fills an empty log begins it, wherever it starts.
    let next = this.#run.length ? this.lastSeq + 1 : newer[0]?.seq;
    while (this.#ahead.has(next)) {
      const message = this.#ahead.get(next);
      this.#ahead.delete(next);
      this.#run.push(message);
      fresh.push(message);
      next += 1;
    }
    return fresh;
  }
}
