// The console's one dialog: a form that answers a promise. Modal, so the browser keeps the focus
// inside and gives it back to where it came from. Used by everything in the console that asks.
import { el } from './chathub-dom.js';

export class ConsoleDialog {
  node = el('dialog', { 'aria-labelledby': 'dialog-title' });
  #answer = null;

  constructor() {
    // The event comes later than the closing: the next question may be open by then.
    this.node.addEventListener('close', () => { if (!this.node.open) this.#settle(null); });
  }

  get isOpen() { return this.node.open; }

  /**
   * Shows `title`, `body` (nodes) and one button for each of `acts`: `[value, words, kind]`, the
   * first one for Enter; an act without value closes. `dismiss`: its words, null for none. Answers
   * `{act, data}` (FormData), or null when it was closed.
   */
  ask({ title, body = [], acts, dismiss = null, kind = '' }) {
    this.close();
    const form = el('form', { method: 'dialog', class: kind },
      el('h2', { id: 'dialog-title' }, title), el('div', { class: 'body' }, body),
      el('div', { class: 'act' }, acts.map(([value, words, look = '']) => el('button', {
        class: `button ${look}`, type: 'submit', value,
      }, words)), dismiss && el('button', {
        class: 'button', type: 'button', onclick: () => this.close(),
      }, dismiss)));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const act = event.submitter?.value ?? acts[0][0];
      this.#settle(act ? { act, data: new FormData(form) } : null);
      this.close();
    });
    this.node.replaceChildren(form);
    this.node.showModal();
    return new Promise((resolve) => { this.#answer = resolve; });
  }

  /** Something to read. */
  show(title, body, close, kind = '') {
    return this.ask({ title, body, acts: [['', close, 'primary']], kind });
  }

  close() {
    if (this.node.open) this.node.close();
    this.#settle(null);
  }

  #settle(value) {
    const answer = this.#answer;
    this.#answer = null;
    answer?.(value);
  }
}
