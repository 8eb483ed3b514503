// The attributes of one customer as fields: each can be changed or taken away, and new ones added.
// Used by chathub-customers-one.js.
import { textOf, valueOf } from './chathub-attributes.js';
import './chathub-console-icons.js';
import { el, icon } from './chathub-dom.js';

const NAME_CHARACTERS = 64;
const VALUE_CHARACTERS = 1000;

export class AttributeFields {
  #language;
  #before;
  #rows = el('div', { class: 'rows' });
  #add;
  #none;

  constructor(language, attributes) {
    this.#language = language;
    this.#before = attributes;
    this.#add = el('button', {
      class: 'link', type: 'button', onclick: () => this.#addRow(),
    }, language.say('attribute.add'));
    this.#none = el('p', { class: 'none' }, language.say('customer.nothing'));
    this.node = el('fieldset', { class: 'attribute-fields' },
      el('legend', {}, language.say('attributes')), this.#rows, this.#none, this.#add);
    for (const name of Object.keys(attributes).sort()) this.#rows.append(this.#known(name));
    this.#drawNone();
  }

  /** What is different from before, as `PATCH` takes it: null takes away. */
  get change() {
    const change = {};
    for (const row of this.#rows.children) {
      const [text, wasText] = [row.value.value, row.wasText];
      const name = row.name?.value.trim() ?? row.known;
      if (row.hidden) change[name] = null;
      else if (text !== wasText) change[name] = valueOf(text.trim(), this.#before[name]);
    }
    return change;
  }

  #known(name) {
    const text = textOf(this.#before[name]);
    const value = el('input', {
      class: 'field', value: text, maxlength: Math.max(VALUE_CHARACTERS, text.length),
      autocomplete: 'off', required: text !== '', 'aria-label': name,
    });
    const row = this.#row(el('bdi', { class: 'soft' }, name), value, () => {
      // It stays in the list: taking it away is a change, too.
      row.hidden = true;
      value.required = false;
    }, name);
    // Line breaks are gone in a field: only what a person changed counts.
    return Object.assign(row, { known: name, value, wasText: value.value });
  }

  #addRow() {
    const language = this.#language;
    const field = (key, limit) => el('input', {
      class: 'field', maxlength: limit, autocomplete: 'off', required: true,
      'aria-label': language.say(key), placeholder: language.say(key),
    });
    const name = field('filter.name', NAME_CHARACTERS);
    const value = field('filter.value', VALUE_CHARACTERS);
    const row = this.#row(name, value, () => row.remove(), '');
    name.addEventListener('input', () => this.#judge(row));
    Object.assign(row, { name, value, wasText: null });
    this.#rows.append(row);
    this.#drawNone();
    name.focus();
  }

  #row(first, value, takeAway, name) {
    const words = this.#language.say('attribute.remove', { name });
    const row = el('div', { class: 'attribute' }, first, value, el('button', {
      class: 'icon-button', type: 'button', 'aria-label': words, title: words,
      onclick: () => {
        const shown = [...this.#rows.children].filter((one) => !one.hidden);
        const next = shown[shown.indexOf(row) + 1] ?? shown[shown.indexOf(row) - 1];
        takeAway();
        this.#drawNone();
        (next?.value ?? this.#add).focus();
      },
    }, icon('close', 16)));
    return row;
  }

  /** A new one must not take the place of another without a word. */
  #judge(row) {
    const name = row.name.value.trim();
    const isDouble = [...this.#rows.children].some((one) => one !== row && !one.hidden
      && (one.known ?? one.name.value.trim()) === name);
    row.name.setCustomValidity(isDouble ? this.#language.say('attribute.double') : '');
  }

  #drawNone() {
    this.#none.hidden = [...this.#rows.children].some((row) => !row.hidden);
  }
}
