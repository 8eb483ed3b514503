// What an agent asks the hub for beside his chats: colleagues, what is known of a customer and his
// past, canned replies, explanations. chathub-agent.js builds on it.
import { HubClient } from './chathub-client.js';
import { LEANED_ON } from './chathub-codec.js';
import { DeskConversation } from './chathub-desk-conversation.js';

Object.assign(LEANED_ON, {
  offer: { session: 'string', expires_ms: 'number' }, 'queue.update': { group: 'string' },
});

export class DeskClient extends HubClient {
  /** Canned replies, the site's and our own: `{shortcut, title, text, scope, group}`. */
  replies = [];
  #names = new Map();

  conversationOf(id) { return new DeskConversation(id); }

  /** Everybody who was ever there as an agent, as `agent.update` tells them. */
  async colleagues() {
    const { agents } = await this.link.request({ type: 'agents.list' });
    for (const { id, name } of agents) this.learnName(id, name);
    return agents;
  }

  knowsAgent(id) { return this.#names.has(id); }
  nameOfAgent(id) { return this.#names.get(id) ?? id; }
  /** What customers call a topic of the site, in the reader's language; others call themselves. */
  nameOfTopic(id, language) {
    return language.pick(this.site?.topics?.find((one) => one.id === id)?.name) || id;
  }
  nameOfGroup(id) { return this.groups.find((one) => one.id === id)?.name ?? id; }

  /** All groups of the site as `{id, name}`, or one's own where the hub does not tell them. */
  get groups() { return this.site?.groups ?? this.agent?.groups ?? []; }

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

  /** The chats agents have at the moment; for supervisors. */
  async running() {
    return (await this.link.request({ type: 'sessions.list', state: 'active', limit: 200 }))
      .sessions;
  }

  /** Takes back that a colleague was asked to come in. */
  uninvite({ id }, agent) {
    return this.link.request({ type: 'session.invite.cancel', session: id, agent });
  }

  learnName(id, name) { if (name) this.#names.set(id, name); }

  /** One's own reply; without `text` it is taken away. */
  async writeReply(reply) {
    await this.link.request({ type: 'canned.set', ...reply });
    await this.readReplies();
  }

  async readReplies() {
    this.replies = (await this.link.request({ type: 'canned.list' })).replies;
    this.tell('replies');
  }

  // A customer's past

  /** `{sessions, more}`, the newest first; `before`: those that began earlier than that. */
  pastOf(customer, before) {
    return this.link.request({ type: 'customer.sessions', customer, before, limit: 10 });
  }

  /** One that is over, with its newest words; older ones come by `loadOlder`. */
  async openPast(session) {
    const past = this.conversationOf(session);
    past.state = 'closed';
    const ok = await this.link.request({
      type: 'history', session, before: Number.MAX_SAFE_INTEGER, limit: 50,
    });
    past.log.enterEpoch(ok.epoch);
    past.log.mention(ok.last_seq);
    past.log.add(...ok.messages);
    return past;
  }
}
