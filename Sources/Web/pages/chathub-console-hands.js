// What an agent or supervisor does with sessions that are not his yet: pick from the queue, assign,
// and ask why. Used by chathub-console.js; the lists put its buttons into their rows.
import { whyNodes } from './chathub-console-why.js';
import { el } from './chathub-dom.js';

export class ConsoleHands {
  #app;
  #attempt;
  #dialog;

  /** `app`: client, language, select(c); `attempt(act, words)`; `dialog()`: the page's one. */
  constructor({ app, attempt, dialog }) {
    this.#app = app;
    this.#attempt = attempt;
    this.#dialog = dialog;
  }

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
    const { client } = this.#app;
    let taken = null;
    if (await this.#attempt(async () => { taken = await client.pick(session); })) {
      this.#app.select(taken);
    }
  }

  /** The explanation in the dialog. */
  async why(session) {
    const explanation = await this.#explain(session);
    if (!explanation) return;
    const { language } = this.#app;
    this.#show(el('form', { method: 'dialog' },
      el('h2', {}, language.say('why.title')), whyNodes(explanation, language),
      el('div', { class: 'act' }, el('button', { class: 'button primary' },
        language.say('help.close')))));
  }

  /** Asks to whom, with the agents the hub knows of for this session; then assigns. */
  async assign(session) {
    const explanation = await this.#explain(session);
    if (!explanation) return;
    const { language } = this.#app;
    const agents = candidates(explanation);
    const other = el('input', { name: 'other', maxlength: 64, autocomplete: 'off' });
    const over = el('input', { type: 'checkbox', name: 'over' });
    const choices = agents.map(({ agent, standing }) => el('label', {},
      el('input', { type: 'radio', name: 'agent', value: agent.id }),
      el('bdi', {}, agent.name), ' · ', language.say(`standing.${standing}`)));
    const form = el('form', { method: 'dialog', class: 'assign' },
      el('h2', {}, language.say('assign.title')), choices,
      el('label', {}, language.say('assign.other'), ' ', other),
      el('label', {}, over, language.say('assign.over')),
      el('div', { class: 'act' },
        el('button', { class: 'button primary', value: 'yes' }, language.say('assign')),
        el('button', { class: 'button', value: '' }, language.say('cancel'))));
    this.#show(form, () => {
      const chosen = other.value.trim() || new FormData(form).get('agent');
      if (!chosen) return;
      this.#attempt(() => this.#app.client.assign(session, chosen, over.checked));
    });
  }

  async #explain(session) {
    let explanation = null;
    await this.#attempt(async () => { explanation = await this.#app.client.explain(session); });
    return explanation;
  }

  #show(form, onYes = null) {
    const dialog = this.#dialog();
    dialog.replaceChildren(form);
    dialog.returnValue = '';
    dialog.onclose = () => { if (onYes && dialog.returnValue === 'yes') onYes(); };
    dialog.showModal();
  }
}

/** Agents the hub looked at, each once, who are there; free ones come first as they are told. */
function candidates({ waiting, match }) {
  const seen = new Set();
  return (waiting ?? match)?.targets.flatMap((target) => target.examined).filter((one) => {
    const isNew = !seen.has(one.agent.id);
    seen.add(one.agent.id);
    return isNew && !['offline', 'dropped_off', 'chosen'].includes(one.standing);
  }) ?? [];
}
