// The agent's client: his signed link, status, offers and the queues he watches. Used by
// chathub-console.js.
import { HubClient } from './chathub-client.js';

/** `{token, site, role, sub}` of the signed link, or null. Read, not trusted: the hub judges. */
export function agentOfLink(storage) {
  const link = new URLSearchParams(location.hash.slice(1));
  if (link.get('token')) {
    const site = link.get('site') ?? 'demo';
    storage.setJSON('chathub:console', { token: link.get('token'), site });
    history.replaceState(null, '', location.pathname + location.search);
  }
  const kept = storage.getJSON('chathub:console');
  if (!kept) return null;
  try {
    const part = kept.token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(part), (letter) => letter.charCodeAt(0));
    const { role, sub } = JSON.parse(new TextDecoder().decode(bytes));
    return { ...kept, sub, role: role === 'supervisor' ? 'supervisor' : 'agent' };
  } catch {
    // Not a token we can read; the hub will say what is wrong with it.
    return { ...kept, sub: 'unknown', role: 'agent' };
  }
}

export class AgentClient extends HubClient {
  /** The agent's own record: `{status, capacity, held, groups: [{id, name}], ...}`. */
  agent = null;
  /** The last `queue.update` of each group, with our time of its arrival. */
  queues = new Map();
  /** An offer ran out, which is why the hub set us away; until we are online again. */
  hasMissedOffer = false;
  #isSubscribing = false;

  get offers() {
    return [...this.conversations.values()].filter((one) => one.state === 'offered');
  }

  async setStatus(status) {
    const ok = await this.link.request({ type: 'status.set', status });
    this.#takeAgent({ ...ok.agent, status });
  }

  /** Throws HubError when somebody else was faster or the time is up; the offer is gone then. */
  async accept(conversation) {
    try {
      const ok = await this.link.request({ type: 'offer.accept', session: conversation.id });
      this.applySnapshot(conversation, ok);
    } catch (error) {
      if (error.code !== 'stopped') this.dismiss(conversation);
      throw error;
    }
  }

  async decline(conversation) {
    this.dismiss(conversation);
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

  assign(session, agent, isOverCapacity) {
    return this.link.request({
      type: 'session.assign', session, agent, over_capacity: isOverCapacity || undefined,
    });
  }

  /** Everybody who was ever there as an agent, as `agent.update` tells them. */
  async colleagues() { return (await this.link.request({ type: 'agents.list' })).agents; }

  /** What the hub keeps of a customer. */
  async readCustomer(customer) {
    return (await this.link.request({ type: 'customer.get', customer })).customer;
  }

  /** `change`: `attributes`, `remove`, `dedicated_agent`. The customer as he is then. */
  async writeCustomer(customer, change) {
    return (await this.link.request({ type: 'customer.set', customer, ...change })).customer;
  }

  async explain(session) {
    return (await this.link.request({ type: 'session.explain', session })).explanation;
  }

  welcomed({ agent }) { if (agent) this.#takeAgent(agent); }

  /** Watching a queue changes what an agent sees, never what he gets. */
  async ready() {
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

  /** The offer is nobody's to resume: it is told anew or it is gone. */
  missedTheEnd(conversation) {
    if (conversation.state === 'offered') this.dismiss(conversation);
    else super.missedTheEnd(conversation);
  }

  take(frame) {
    if (frame.type === 'queue.update') {
      this.queues.set(frame.group, { ...frame, receivedAt: Date.now() });
      this.tell('queue');
    } else if (frame.type === 'agent.update') {
      if (frame.agent?.id === this.me.id) this.#takeAgent(frame.agent);
    } else if (frame.type === 'session.rated') {
      const conversation = this.conversations.get(frame.session) ?? null;
      if (conversation) conversation.rating = frame;
      this.tell('rated', conversation, { rating: frame });
    } else {
      super.take(frame);
    }
  }

  /** A session that is not, or no longer, ours leaves the list; one that ended under us stays. */
  takeState(conversation, frame) {
    const wasMine = this.#isMine(conversation);
    if (conversation.state === 'offered' && frame.reason === 'offer_expired') {
      this.hasMissedOffer = true;
    }
    super.takeState(conversation, frame);
    const { state } = conversation;
    // `offered` without us in it tells that it is now somebody else who is asked.
    const isOfferedToMe = state === 'offered' && frame.agent?.id === this.me.id;
    const isMine = isOfferedToMe || this.#isMine(conversation);
    if (!isMine || (state === 'closed' && !wasMine)) this.dismiss(conversation);
  }

  #isMine({ state, agent }) {
    if (state === 'closed') return true;
    return ['active', 'wrapup'].includes(state) && (!agent || agent.id === this.me.id);
  }

  #takeAgent(record) {
    // Names of groups come with the hello only; later records have their identifiers.
    const known = this.agent?.groups ?? [];
    // A supervisor watches all groups and is in none.
    const isWatcher = this.role === 'supervisor' && this.agent;
    const groups = (isWatcher ? null : record.groups)?.map((group) => (group.id ? group
      : known.find((one) => one.id === group) ?? { id: group, name: group })) ?? known;
    this.agent = { ...this.agent, ...record, groups };
    if (this.agent.status === 'online') this.hasMissedOffer = false;
    this.tell('agent');
  }
}
