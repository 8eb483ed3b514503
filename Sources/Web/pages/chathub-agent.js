// The agent's client: his status, offers and the queues he watches. Used by
// chathub-console.js.
import { DeskClient } from './chathub-desk.js';
import { SessionNotes } from './chathub-notes.js';
import { newKey } from './chathub-outbox.js';

export class AgentClient extends DeskClient {
  /** The agent's own record: `{status, capacity, held, groups: [{id, name}], ...}`. */
  agent = null;
  /** The last `queue.update` of each group, with our time of its arrival. */
  queues = new Map();
  /** An offer ran out, which is why the hub set us away; until we are online again. */
  hasMissedOffer = false;
  /** Colleagues whose name the hub was asked for: it may have none, and is not asked again. */
  #sought = new Set();
  #isSubscribing = false;

  constructor(options) {
    super(options);
    const find = (session) => this.conversations.get(session);
    this.notes = new SessionNotes({
      request: (frame) => this.link.request(frame),
      storage: options.storage,
      nameOf: (item) => this.nameOf(item),
      kindOf: (session) => (this.standing(find(session) ?? {}) === 'watching' ? 'whisper' : 'note'),
      lastSeq: (session) => find(session)?.log.lastSeq ?? 0,
      me: () => this.me,
      tell: (what, session, more) => {
        const conversation = find(session);
        if (conversation) this.tell(what, conversation, more);
      },
    });
  }

  /** What asks for an answer of ours: offers, sessions handed over to us, invitations. */
  get offers() {
    return [...this.conversations.values()]
      .filter((one) => this.isAsked(one) || this.standing(one) === 'invited');
  }

  /** Whether we are asked to take it; that may be one we are in already, beside its owner. */
  isAsked(conversation) {
    const standing = this.standing(conversation);
    return standing === 'asked'
      || (standing === 'joined' && conversation.transfer?.to.agent === this.me.id);
  }

  /** What we are in a session: `asked`, `owner`, `joined`, `invited`, `watching`, or null. */
  standing({ state, agent, others = [], isWatched }) {
    const { id } = this.me ?? {};
    if (state === 'offered' && (agent ? agent.id === id : !isWatched)) return 'asked';
    if (isWatched && agent?.id !== id) return 'watching';
    if (!['active', 'wrapup'].includes(state)) return null;
    return !agent || agent.id === id ? 'owner' : others.find((one) => one.id === id)?.as ?? null;
  }

  /** `more`: `reason`, `ramp`: so many beyond what we hold at first. */
  async setStatus(status, more = {}) {
    const ok = await this.link.request({ type: 'status.set', status, ...more });
    this.#takeAgent({ ...ok.agent, status });
  }

  /** Throws HubError when somebody else was faster or the time is up; the offer is gone then. */
  async accept(conversation) {
    try {
      const ok = await this.link.request({ type: 'offer.accept', session: conversation.id });
      this.applySnapshot(conversation, ok);
    } catch (error) {
      if (error.code !== 'stopped') this.#drop(conversation);
      throw error;
    }
  }

  /** The offer goes; a session we are in beside its owner stays. */
  #drop(conversation) {
    if (this.standing(conversation) !== 'joined') {
      this.dismiss(conversation);
      return;
    }
    conversation.transfer = null;
    this.tell('session', conversation);
  }

  async decline(conversation) {
    this.#drop(conversation);
    await this.link.request({ type: 'offer.decline', session: conversation.id });
  }

  /** A waiting session, out of its turn; the conversation. */
  async pick(session) {
    const ok = await this.link.request({ type: 'session.pick', session });
    const conversation = this.find(session);
    this.applySnapshot(conversation, ok);
    return conversation;
  }

  /** Takes a left message as a chat of one's own. Throws HubError when somebody else was faster. */
  async takeMessage(message) {
    const ok = await this.link.request({ type: 'message.take', message });
    const conversation = this.find(ok.session);
    this.applySnapshot(conversation, ok);
    return conversation;
  }

  /** What is written down of it; `done` ends the wrap-up, `extend` gives it more time. */
  wrap(conversation, change) { return this.#ask(conversation, 'session.wrap', change); }

  tag(conversation, tags) { return this.#ask(conversation, 'session.tag', { tags }); }

  /** A request whose answer is the session as it then is. */
  async #ask(conversation, type, members) {
    const ok = await this.link.request({ type, session: conversation.id, ...members });
    this.takeState(conversation, ok);
  }

  // Several people in one session

  /** `to`: `{agent}` or `{group}`. Warm: we stay beside whoever takes it. */
  transfer(conversation, to, { note, isWarm }) {
    return this.#ask(conversation, 'session.transfer', {
      key: newKey(), to, note: note || undefined, warm: isWarm || undefined,
    });
  }

  /** Once nothing of ours is on its way there any more; false: something of it failed. */
  async allSent(conversation) {
    const entries = () => this.pending(conversation);
    while (entries().some((one) => one.state === 'waiting')) {
      await new Promise((resolve) => {
        this.addEventListener('change', resolve, { once: true });
      });
    }
    return entries().length === 0;
  }

  cancelTransfer({ id }) {
    return this.link.request({ type: 'session.transfer.cancel', session: id });
  }

  invite(conversation, agent, note) {
    return this.#ask(conversation, 'session.invite', {
      key: newKey(), agent, note: note || undefined,
    });
  }

  async join(conversation) {
    const ok = await this.link.request({ type: 'session.join', session: conversation.id });
    conversation.isWatched = false;
    conversation.invitation = null;
    this.applySnapshot(conversation, ok);
  }

  /** Out of a session one joined or was invited to. */
  async leave(conversation) {
    await this.link.request({ type: 'session.leave', session: conversation.id });
    this.dismiss(conversation);
  }

  /** A supervisor reads along, unseen. Answers the conversation. */
  async watch(session) {
    const ok = await this.link.request({ type: 'session.watch', session });
    const conversation = this.find(session);
    // Not where one is in the session already.
    conversation.isWatched = ok.watching === true;
    this.applySnapshot(conversation, ok);
    return conversation;
  }

  async unwatch(conversation) {
    await this.link.request({ type: 'session.unwatch', session: conversation.id });
    this.dismiss(conversation);
  }

  /** A supervisor owns it from now on. */
  async takeOver(conversation) {
    const ok = await this.link.request({ type: 'session.take', session: conversation.id });
    conversation.isWatched = false;
    this.applySnapshot(conversation, ok);
  }

  /** A supervisor takes a message away, for everybody. */
  async deleteMessage(session, seq) {
    await this.link.request({ type: 'message.delete', session, seq });
    this.take({ type: 'message.deleted', session, seq });
  }

  assign(session, agent, isOverCapacity) {
    return this.link.request({
      type: 'session.assign', session, agent, over_capacity: isOverCapacity || undefined,
    });
  }

  welcomed({ agent, site }) {
    this.site = site ?? null;
    if (agent) this.#takeAgent(agent);
  }

  async ready() {
    this.notes.flush();
    for (const one of this.conversations.values()) if (one.isWatched) this.#watchAgain(one);
    this.#tolerate(() => this.readReplies());
    this.#tolerate(() => this.colleagues());
    this.#subscribe();
  }

  /** What a page can do without: a refusal, or the page's end, leaves things as they are. */
  async #tolerate(act) {
    try {
      await act();
    } catch (error) {
      if (!error.code) throw error;
    }
  }

  /** Watching belongs to a connection; a new one asks anew. */
  async #watchAgain(conversation) {
    try {
      await this.watch(conversation.id);
    } catch (error) {
      if (!error.code) throw error;
      conversation.isWatched = false;
      this.missedTheEnd(conversation);
    }
  }

  /** Watching a queue changes what an agent sees, never what he gets. */
  async #subscribe() {
    const groups = (this.agent?.groups ?? []).map((group) => group.id);
    if (groups.length === 0 || this.#isSubscribing) return;
    this.#isSubscribing = true;
    try {
      await this.link.request({ type: 'queue.subscribe', groups });
    } catch (error) {
      if (!error.code) throw error;
    } finally {
      this.#isSubscribing = false;
    }
  }

  /** An offer is nobody's to resume: it is told anew or it is gone. */
  missedTheEnd(conversation) {
    if (conversation.isWatched) return;
    const isMere = ['asked', 'invited'].includes(this.standing(conversation));
    if (isMere) this.dismiss(conversation);
    else super.missedTheEnd(conversation);
  }

  /** Nobody learns that a watcher has read it. */
  markRead(conversation) {
    if (this.standing(conversation) !== 'watching') super.markRead(conversation);
    else conversation.readByMe = conversation.log.lastSeq;
  }

  dismiss(conversation) {
    this.notes.forget(conversation.id);
    super.dismiss(conversation);
  }

  applySnapshot(conversation, snapshot) {
    this.#takeView(conversation, snapshot);
    super.applySnapshot(conversation, snapshot);
    this.#asTransfer(conversation);
    if (snapshot.last_note) this.notes.mention(conversation.id, snapshot.last_note);
  }

  /** What only agents are told; what a view leaves out is not there any more. */
  #takeView(conversation, frame) {
    const { others = [], agent, transfer, tags = [], disposition = null } = frame;
    for (const { id, name } of [...others, ...(agent ? [agent] : [])]) this.learnName(id, name);
    Object.assign(conversation, { others, tags, disposition });
    this.#takeTransfer(conversation, transfer);
    if (frame.wrapup_ms !== undefined) conversation.wrapEndsAt = Date.now() + frame.wrapup_ms;
  }

  #takeTransfer(conversation, transfer = null) {
    const endsAt = Date.now() + (transfer?.expires_ms ?? 0);
    conversation.transfer = transfer && { ...transfer, endsAt };
    if (transfer) this.#seekName(transfer.from);
  }

  /** A transfer tells no names; whoever came after us is not among those we asked for. */
  async #seekName(id) {
    if (this.knowsAgent(id) || id === this.me.id || this.#sought.has(id)) return;
    this.#sought.add(id);
    await this.#tolerate(() => this.colleagues());
    this.tell('agent');
  }

  /** What a colleague hands over to us is an offer, unless we are in it already. */
  #asTransfer(conversation) {
    const { transfer, state } = conversation;
    if (state !== 'active' || transfer?.to.agent !== this.me.id) return;
    if (this.standing(conversation) === 'joined') return;
    conversation.apply({ state: 'offered', expires_ms: transfer.expires_ms }, Date.now());
    conversation.agent = null;
    this.tell('session', conversation);
  }

  take(frame) {
    if (frame.type === 'queue.update') {
      this.queues.set(frame.group, { ...frame, receivedAt: Date.now() });
      this.tell('queue');
    } else if (frame.type === 'agent.update') {
      if (frame.agent?.id === this.me.id) this.#takeUpdate(frame.agent);
    } else if (frame.type === 'offer') {
      this.#takeOffer(frame);
    } else if (frame.type === 'note') {
      if (this.conversations.has(frame.session)) this.notes.take(frame);
    } else if (frame.type === 'invite') {
      this.#takeInvitation(frame);
    } else if (frame.type === 'session.rated') {
      const conversation = this.conversations.get(frame.session) ?? null;
      if (conversation) conversation.rating = frame;
      this.tell('rated', conversation, { rating: frame });
    } else {
      super.take(frame);
    }
  }

  #takeOffer(frame) {
    const conversation = this.find(frame.session);
    if (frame.transfer && this.standing(conversation) === 'joined') {
      this.#takeTransfer(conversation, frame.transfer);
      this.tell('session', conversation);
      return;
    }
    this.#takeView(conversation, frame);
    conversation.agent = null;
    super.take(frame);
  }

  #takeInvitation({ session, from, note, expires_ms: left, ...frame }) {
    const conversation = this.find(session);
    this.learnName(from.id, from.name);
    conversation.apply({ ...frame, state: 'active', agent: from }, Date.now());
    conversation.others = [{ id: this.me.id, name: this.me.name, as: 'invited' }];
    conversation.invitation = { from, note, endsAt: left === undefined ? null : Date.now() + left };
    this.tell('session', conversation);
  }

  /** A session that is not, or no longer, ours leaves the list; one that ended under us stays. */
  takeState(conversation, frame) {
    const before = this.standing(conversation);
    const wasAsked = this.isAsked(conversation);
    // The hub does not tell whoever loses a session with whom it is; who was asked is known.
    const to = conversation.transfer?.to.agent;
    const wasChat = conversation.state === 'closed'
      || ['owner', 'joined', 'watching'].includes(before);
    if (conversation.state === 'offered' && frame.reason === 'offer_expired') {
      this.hasMissedOffer = true;
    }
    this.#takeView(conversation, frame);
    super.takeState(conversation, frame);
    this.#asTransfer(conversation);
    if (frame.last_note) this.notes.mention(conversation.id, frame.last_note);
    const { state } = conversation;
    // `offered` without us in it tells that it is now somebody else who is asked.
    const isAskedOther = state === 'offered' && !conversation.isWatched
      && conversation.transfer?.to.agent !== this.me.id && frame.agent?.id !== this.me.id;
    const isEnd = state === 'closed' && wasChat;
    if (before && frame.reason && !isEnd) {
      this.tell('moved', conversation, { before, wasAsked, to, reason: frame.reason });
    }
    const after = isAskedOther ? null : this.standing(conversation);
    if (after === null && !isEnd) this.dismiss(conversation);
  }

  /** Somebody else may have set our status: that is told as `set`. */
  #takeUpdate(record) {
    const told = ({ status, reason, by } = {}) => [status, reason, by].join('\n');
    const isNews = record.by && told(record) !== told(this.agent ?? {});
    this.#takeAgent(record);
    if (isNews) this.tell('set');
  }

  /** What a record leaves out is not there any more. */
  #takeAgent(record) {
    // Names of groups come with the hello only; later records have their identifiers.
    const known = this.agent?.groups ?? [];
    // A supervisor watches all groups and is in none.
    const isWatcher = this.role === 'supervisor' && this.agent;
    const groups = (isWatcher ? null : record.groups)?.map((group) => (group.id ? group
      : known.find((one) => one.id === group) ?? { id: group, name: group })) ?? known;
    const { reason, ramp, by } = record;
    this.agent = { ...this.agent, ...record, reason, ramp, by, groups };
    if (this.agent.status === 'online') this.hasMissedOffer = false;
    this.tell('agent');
  }
}
