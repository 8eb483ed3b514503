// What an agent or supervisor does with sessions that are not his yet: pick from the queue, assign,
// and ask why. Used by chathub-console.js; the lists put its buttons into their rows.
import { askForAgent } from './chathub-console-colleagues.js';
import { whyNodes } from './chathub-console-why.js';
import { el } from './chathub-dom.js';

export class ConsoleHands {
  #app;

  /** `app`: `client`, `language`, `dialog`, `select(c)`, `attempt(act, words)`. */
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
    await attempt(async () => {
      const explanation = await client.explain(session);
      dialog.show(language.say('why.title'), whyNodes(explanation, language),
        language.say('help.close'), 'wide');
    });
  }

  /** Asks to whom a supervisor gives a session. */
  async assign(session) {
    const { client, language, attempt } = this.#app;
    const given = await askForAgent(this.#app, {
      title: language.say('assign.title'),
      yes: language.say('assign'),
      body: el('label', { class: 'setting' },
        el('input', { type: 'checkbox', name: 'over' }), language.say('assign.over')),
      mayBeFull: true,
    });
    if (!given) return;
    await attempt(() => client.assign(session, given.agent, given.data.has('over')));
  }
}
