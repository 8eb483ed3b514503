// The conditions by which customers are looked for: an attribute, how it is compared, a value. All
// of them must fit. Used by chathub-customers.js.
import { write } from './chathub-board-top.js';
import { el, icon } from './chathub-dom.js';

const COMPARISONS = ['is', 'any', 'atLeast', 'atMost', 'missing'];
const SETTLED_MILLISECONDS = 400;

export class CustomersFilter {
  #app;
  #rows = el('div', { class: 'conditions', role: 'group' });
  #add;
  #names = el('datalist', { id: 'attribute-names' });
  #timer;

  /** `app`: `language`, `search()`. */
  constructor(app) {
    this.#app = app;
    this.#add = el('button', { class: 'link', type: 'button', onclick: () => this.#addRow(true) });
    this.node = el('form', {
      class: 'filter',
      onsubmit: (event) => {
        event.preventDefault();
        clearTimeout(this.#timer);
        app.search();
      },
    }, this.#rows, this.#add, this.#names);
    this.#addRow(false);
  }

  /** As the hub takes it; conditions that are not finished are left out. */
  get where() {
    const where = {};
    for (const row of this.#rows.children) {
      const [name, how, text] = [...row.querySelectorAll('input, select')].map(
        ({ value }) => value.trim());
      if (!name || (how !== 'missing' && !text)) continue;
      where[name] = conditionOf(how, text);
    }
    return where;
  }

  /** The hub takes one condition an attribute: a second one would take the first one's place. */
  get isDouble() {
    const names = [...this.#rows.children].map((row) => row.querySelector('input').value.trim())
      .filter(Boolean);
    return new Set(names).size < names.length;
  }

  get isEmpty() { return Object.keys(this.where).length === 0; }

  /** Names of attributes that are there to be chosen. */
  suggest(names) {
    const shown = ['dedicated_agent', ...names].join('\n');
    if (this.#names.dataset.shown === shown) return;
    this.#names.dataset.shown = shown;
    this.#names.replaceChildren(...['dedicated_agent', ...names].map((value) => (
      el('option', { value }))));
  }

  speak() {
    const { language } = this.#app;
    this.#rows.setAttribute('aria-label', language.say('filter'));
    write(this.#add, language.say('filter.add'));
    for (const row of this.#rows.children) this.#name(row);
  }

  #addRow(isFocused) {
    const changed = () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#app.search(), SETTLED_MILLISECONDS);
    };
    const name = el('input', {
      class: 'field', list: 'attribute-names', autocomplete: 'off', maxlength: 64, oninput: changed,
    });
    const value = el('input', { class: 'field', autocomplete: 'off', oninput: changed });
    const how = el('select', {
      class: 'field',
      onchange: () => {
        value.hidden = how.value === 'missing';
        changed();
      },
    }, COMPARISONS.map((one) => el('option', { value: one })));
    const remove = el('button', {
      class: 'icon-button', type: 'button',
      onclick: () => {
        const next = row.nextElementSibling ?? row.previousElementSibling;
        row.remove();
        (next?.querySelector('input') ?? this.#add).focus();
        this.#app.search();
      },
    }, icon('close', 16));
    const row = el('div', { class: 'condition' }, name, how, value, remove);
    this.#rows.append(row);
    this.#name(row);
    if (isFocused) name.focus();
  }

  #name(row) {
    const { language } = this.#app;
    const [name, how, value] = row.querySelectorAll('input, select');
    const remove = row.querySelector('button');
    name.setAttribute('aria-label', language.say('filter.name'));
    name.placeholder = language.say('filter.name');
    how.setAttribute('aria-label', language.say('filter.how'));
    for (const option of how.options) write(option, language.say(`filter.${option.value}`));
    value.setAttribute('aria-label', language.say('filter.value'));
    value.placeholder = language.say('filter.value');
    remove.setAttribute('aria-label', language.say('filter.remove'));
  }
}

/** One condition of `where` (Protocol/admin.md). */
export function conditionOf(how, text) {
  if (how === 'missing') return null;
  if (how === 'any') {
    return text.split(/[,，|]/).map((one) => one.trim()).filter(Boolean);
  }
  if (how === 'atLeast') return `>= ${text}`;
  return how === 'atMost' ? `<= ${text}` : text;
}
