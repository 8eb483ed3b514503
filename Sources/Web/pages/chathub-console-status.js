// The status of an agent as one field: online, few at a time at first, busy or away with one of the
// site's reasons, offline. Used by chathub-console-top.js.
import { el } from './chathub-dom.js';

const STATUSES = ['online', 'busy', 'away', 'offline'];
/** Stands for "online, but few at first" in the field; asks how many. */
const GENTLY = 'gently';

export class StatusField {
  node;
  #app;
  #field = el('select', { onchange: () => this.#choose() });
  #shown = '';

  /** `app`: `client`, `language`, `dialog`, `setStatus(status, more)`. */
  constructor(app) {
    this.#app = app;
    this.node = el('label', { class: 'status' }, el('i', { 'aria-hidden': 'true' }), this.#field);
  }

  draw() {
    const { client: { agent, site }, language } = this.#app;
    this.#field.setAttribute('aria-label', language.say('status'));
    const shown = JSON.stringify([language.tag, site?.statuses, agent?.reason]);
    if (this.#shown !== shown) {
      this.#shown = shown;
      this.#field.replaceChildren(...this.#options(site?.statuses ?? {}, agent));
    }
    if (!agent) return;
    this.node.dataset.status = agent.status;
    if (document.activeElement !== this.#field) this.#field.value = valueOf(agent);
  }

  #options(reasons, agent) {
    const { language } = this.#app;
    const option = (value, words) => el('option', { value }, words);
    return STATUSES.flatMap((status) => {
      const words = language.say(`status.${status}`);
      const given = reasons[status] ?? [];
      // What was set elsewhere is shown too, though nobody offers it here.
      const own = agent?.status === status && agent.reason && !given.includes(agent.reason)
        ? [agent.reason] : [];
      return [option(status, words),
        ...(status === 'online' ? [option(GENTLY, language.say('status.gently'))] : []),
        ...[...given, ...own].map((reason) => option(`${status} ${reason}`,
          `${words} · ${reason}`))];
    });
  }

  async #choose() {
    const { setStatus } = this.#app;
    const [status, ...reason] = this.#field.value.split(' ');
    this.#field.blur();
    if (status !== GENTLY) {
      await setStatus(status, { reason: reason.join(' ') || undefined });
      return;
    }
    const ramp = await this.#askHowMany();
    if (ramp) await setStatus('online', { ramp });
    this.draw();
  }

  /** So that whoever comes first in the morning does not get the whole night at once. */
  async #askHowMany() {
    const { dialog, language, client } = this.#app;
    const answer = await dialog.ask({
      title: language.say('ramp.title'),
      body: [el('p', { class: 'soft' }, language.say('ramp.text')),
        el('label', { class: 'field' }, language.say('ramp.label'), el('input', {
          type: 'number', name: 'ramp', min: 1, max: Math.max(1, client.agent.capacity), value: 1,
          required: true, autofocus: true,
        }))],
      acts: [['yes', language.say('empty.go'), 'primary']],
      dismiss: language.say('cancel'),
    });
    return answer ? Number(answer.data.get('ramp')) : null;
  }
}

const valueOf = ({ status, reason }) => (reason ? `${status} ${reason}` : status);
