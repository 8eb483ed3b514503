// The bar on top of the console: who I am, how much I hold, my status, settings and help. Used by
// chathub-console.js.
import { showKeys } from './chathub-console-keys.js';
import { chooseRunning } from './chathub-console-running.js';
import { showSettings } from './chathub-console-settings.js';
import { StatusField } from './chathub-console-status.js';
import { el, icon } from './chathub-dom.js';

export class ConsoleTop {
  node;
  #app;
  #parts = {};
  #status;

  /** `app`: `client`, `language`, `setStatus(status, more)`, `switchLanguage()`, for dialogs. */
  constructor(app) {
    this.#app = app;
    const parts = this.#parts;
    const button = (sign, act) => el('button', {
      class: 'icon-button', type: 'button', onclick: act,
    }, icon(sign));
    parts.me = el('span', { class: 'me' });
    parts.board = el('a', { class: 'link', href: '/board', hidden: true });
    parts.load = el('span', { class: 'load' });
    parts.bar = el('i', { 'aria-hidden': 'true' });
    parts.words = el('span');
    parts.load.append(parts.bar, parts.words);
    this.#status = new StatusField(app);
    parts.switcher = el('button', {
      class: 'icon-button language', type: 'button', onclick: () => app.switchLanguage(),
    });
    parts.running = button('eye', () => chooseRunning(app));
    parts.settings = button('bell', () => showSettings(app));
    parts.help = button('help', () => showKeys(app));
    this.node = el('header', { class: 'top' }, el('strong', { class: 'brand' }, 'chathub'),
      parts.board, parts.me, parts.load, this.#status.node, parts.running, parts.settings,
      parts.switcher, parts.help);
  }

  /** Everything that is written once per language. */
  speak() {
    const { language } = this.#app;
    const parts = this.#parts;
    parts.switcher.textContent = language.say('language');
    parts.board.textContent = language.say('board');
    const named = {
      running: 'running', switcher: 'language.label', settings: 'settings', help: 'help',
    };
    for (const [part, key] of Object.entries(named)) {
      parts[part].setAttribute('aria-label', language.say(key));
      parts[part].title = language.say(key);
    }
  }

  /** `isHere`: signed in. */
  draw(isHere) {
    const { client: { agent, me, role }, language } = this.#app;
    const parts = this.#parts;
    parts.board.hidden = role !== 'supervisor';
    this.#status.node.hidden = !isHere;
    this.#status.draw();
    parts.load.hidden = !isHere;
    parts.running.hidden = !isHere || role !== 'supervisor';
    if (me) {
      const words = role === 'supervisor' ? language.say('role.supervisor') : null;
      parts.me.textContent = [...new Set([me.name ?? me.id, words].filter(Boolean))].join(' · ');
    }
    if (!agent) return;
    const { held = 0, capacity } = agent;
    parts.words.textContent = language.say('load', { held, capacity });
    parts.bar.style.setProperty('--part', String(Math.min(1, held / Math.max(1, capacity))));
    parts.load.classList.toggle('full', held >= capacity);
  }
}
