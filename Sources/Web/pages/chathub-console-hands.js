// What is done with sessions by hand: pick from the queue, assign, hand over, invite, watch, take
// over, and ask why. Used by chathub-console.js; lists and the chat put its acts behind their
// buttons.
import { askWhom } from './chathub-console-colleagues.js';
import { customerName } from './chathub-console-people.js';
import { whyNodes } from './chathub-console-why.js';
import { el } from './chathub-dom.js';

export class ConsoleHands {
  #app;

  /** `app`: `client`, `language`, `dialog`, `select(c)`, `say(words)`, `attempt(act, words)`. */
  constructor(app) { this.#app = app; }

  get #isSupervisor() { return this.#app.client.role === 'supervisor'; }

  /** Buttons for a session that waits; texts follow the language by `name(node)`. */
  rowButtons(session) {
    const button = (key, act) => el('button', {
      class: 'link', type: 'button', 'data-say': key, onclick: act,
    });
    return [
      button('queue.pick', () => this.pick(session)),
      this.#isSupervisor && button('assign', () => this.assign(session)),
      this.#isSupervisor && button('why', () => this.why(session)),
    ].filter(Boolean);
  }

  name(row) {
    for (const button of row.querySelectorAll('[data-say]')) {
      const words = this.#app.language.say(button.dataset.say);
      if (button.textContent !== words) button.textContent = words;
    }
  }

  async pick(session) {
    const { client, select, attempt } = this.#app;
    let taken = null;
    if (await attempt(async () => { taken = await client.pick(session); })) select(taken);
  }

  /** The explanation in the dialog. */
  async why(session) {
    const { client, dialog, language, attempt } = this.#app;
    let explanation = null;
    await attempt(async () => { explanation = await client.explain(session); });
    if (!explanation) return;
    dialog.show(language.say('why.title'), whyNodes(explanation, language),
      language.say('help.close'), 'wide');
  }

  /** Asks to whom a supervisor gives a session. */
  async assign(session) {
    const { client, language, attempt } = this.#app;
    const given = await askWhom(this.#app, {
      title: language.say('assign.title'),
      yes: language.say('assign'),
      body: el('label', { class: 'setting' },
        el('input', { type: 'checkbox', name: 'over' }), language.say('assign.over')),
      mayBeFull: true,
    });
    if (!given) return;
    await attempt(() => client.assign(session, given.agent, given.data.has('over')));
  }

  /** Asks to whom it is handed over; to a colleague cold or warm, or to a group. */
  async transfer(chat) {
    const { client, language, say } = this.#app;
    const name = customerName(chat, language);
    if (client.pending(chat).some((one) => one.state === 'failed')) {
      say(language.say('transfer.unsent', { name }));
      return;
    }
    const given = await askWhom(this.#app, {
      title: language.say('transfer.title', { name }),
      yes: language.say('transfer'),
      groups: client.groups,
      without: [chat.agent?.id, client.me.id],
      body: [this.#noteField(), el('label', { class: 'setting warm' },
        el('input', { type: 'checkbox', name: 'warm' }), language.say('transfer.warm'))],
    });
    if (!given) return;
    const { agent, group, data } = given;
    const options = { note: data.get('note').trim(), isWarm: Boolean(agent) && data.has('warm') };
    await this.give(chat, agent ? { agent } : { group }, options);
  }

  /** Hands it over once all we wrote is there: nothing of ours comes after the next one's words. */
  async give(chat, to, options) {
    const { client, language, attempt, say } = this.#app;
    const name = customerName(chat, language);
    if (client.pending(chat).length > 0) say(language.say('transfer.waits', { name }));
    if (!await client.allSent(chat)) {
      say(language.say('transfer.unsent', { name }));
      return;
    }
    if (!await attempt(() => client.transfer(chat, to, options))) return;
    if (!chat.isOpen) say(language.say('transfer.over', { name }));
    else if (to.group) say(language.say('transfer.done', { name: client.nameOfGroup(to.group) }));
  }

  async cancelTransfer(chat) {
    await this.#app.attempt(() => this.#app.client.cancelTransfer(chat));
  }

  /** Asks a colleague to come in beside us. */
  async invite(chat) {
    const { client, language, attempt, say } = this.#app;
    const given = await askWhom(this.#app, {
      title: language.say('invite.title', { name: customerName(chat, language) }),
      yes: language.say('invite'),
      body: this.#noteField(),
      mayBeFull: true,
      without: [chat.agent?.id, client.me.id, ...chat.others.map((one) => one.id)],
    });
    if (!given) return;
    const { agent, data } = given;
    if (await attempt(() => client.invite(chat, agent, data.get('note').trim()))) {
      say(language.say('invite.done', { name: client.nameOfAgent(agent) }));
    }
  }

  async uninvite(chat, { id, name }) {
    const { client, language, attempt, say } = this.#app;
    if (await attempt(() => client.uninvite(chat, id))) say(language.say('invite.ended', { name }));
  }

  /** Reads along. */
  async watch(session) {
    const { client, select, attempt } = this.#app;
    let watched = null;
    if (await attempt(async () => { watched = await client.watch(session); })) select(watched);
  }

  async join(chat) {
    const { client, select, attempt } = this.#app;
    if (await attempt(() => client.join(chat))) select(chat);
  }

  async leave(chat) { await this.#app.attempt(() => this.#app.client.leave(chat)); }

  async unwatch(chat) { await this.#app.attempt(() => this.#app.client.unwatch(chat)); }

  async takeOver(chat) {
    const { client, dialog, language, select, attempt } = this.#app;
    const answer = await dialog.ask({
      title: language.say('take.sure', { name: customerName(chat, language) }),
      body: chat.agent && el('p', {}, language.say('take.from', { name: chat.agent.name })),
      acts: [['yes', language.say('take'), 'primary']],
      dismiss: language.say('cancel'),
    });
    if (answer && await attempt(() => client.takeOver(chat))) select(chat);
  }

  #noteField() {
    return el('label', { class: 'field' }, this.#app.language.say('transfer.note'),
      el('textarea', { name: 'note', rows: 2, maxlength: 2000 }));
  }
}
