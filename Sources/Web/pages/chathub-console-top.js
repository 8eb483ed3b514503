// The bar on top of the console: who I am, how much I hold, my status, settings and help. Used by
// chathub-console.js.
import { showKeys } from './chathub-console-keys.js';
import { showSettings } from './chathub-console-settings.js';
import { el, icon } from './chathub-dom.js';

const STATUSES = ['online', 'busy', 'away', 'offline'];

export class ConsoleTop {
  node;
  #app;
  #parts = {};

  /** `app`: `client`, `language`, `setStatus(status)`, `switchLanguage()`, what dialogs need. */
  constructor(app) {
    this.#app = app;
    const parts = this.#parts;
    const button = (sign, act) => el('button', {
      class: 'icon-button', type: 'button', onclick: act,
    }, icon(sign));
    parts.me = el('span', { class: 'me' });
    parts.load = el('span', { class: 'load' });
    parts.bar = el('i', { 'aria-hidden': 'true' });
    parts.words = el('span');
    parts.load.append(parts.bar, parts.words);
    parts.status = el('select', { onchange: () => this.#choose() });
    parts.box = el('label', { class: 'status' }, el('i', { 'aria-hidden': 'true' }), parts.status);
    parts.switcher = el('button', {
      class: 'icon-button language', type: 'button', onclick: () => app.switchLanguage(),
    });
    parts.settings = button('bell', () => showSettings(app));
    parts.help = button('help', () => showKeys(app));
    this.node = el('header', { class: 'top' }, el('strong', { class: 'brand' }, 'chathub'),
      parts.me, parts.load, parts.box, parts.settings, parts.switcher, parts.help);
  }

  /** Everything that is written once per language. */
  speak() {
    const { language } = this.#app;
    const parts = this.#parts;
    parts.status.setAttribute('aria-label', language.say('status'));
    parts.status.replaceChildren(...STATUSES.map((status) => el('option', { value: status },
      language.say(`status.${status}`))));
    parts.switcher.textContent = language.say('language');
    const named = { switcher: 'language.label', settings: 'settings', help: 'help' };
    for (const [part, key] of Object.entries(named)) {
      parts[part].setAttribute('aria-label', language.say(key));
      parts[part].title = language.say(key);
    }
  }

  /** `isHere`: signed in. */
  draw(isHere) {
    const { client: { agent, me, role }, language } = this.#app;
    const parts = this.#parts;
    parts.box.hidden = !isHere;
    parts.load.hidden = !isHere;
    if (me) {
      const words = role === 'supervisor' ? language.say('role.supervisor') : null;
      parts.me.textContent = [...new Set([me.name ?? me.id, words].filter(Boolean))].join(' · ');
    }
    if (!agent) return;
    if (document.activeElement !== parts.status) parts.status.value = agent.status;
    parts.box.dataset.status = agent.status;
    const { held = 0, capacity } = agent;
    parts.words.textContent = language.say('load', { held, capacity });
    parts.bar.style.setProperty('--part', String(Math.min(1, held / Math.max(1, capacity))));
    parts.load.classList.toggle('full', held >= capacity);
  }

  #choose() { this.#app.setStatus(this.#parts.status.value); }
}
