// Canned replies at the composer: a slash at its beginning opens the list, typing narrows it down,
// Enter or Tab takes one, Escape closes it. Placeholders are filled in when a reply is taken; what
// is not known stays in its braces, marked, for a person to fill. Used by chathub-console-chat.js.
import { customerName, facts, valueInWords } from './chathub-console-people.js';
import { el } from './chathub-dom.js';

const SHOWN = 8;

export class CannedReplies {
  node = el('div', { class: 'canned', hidden: true });
  #app;
  #composer;
  #list = el('ul', { role: 'listbox', id: 'canned-list' });
  #found = [];
  #index = 0;
  #isDismissed = false;

  /** `app`: `client`, `language`, `selected`, `recordOf(customer)`. `manage()`: the own ones. */
  constructor(app, composer, manage) {
    this.#app = app;
    this.#composer = composer;
    this.manage = manage;
    this.foot = el('button', { class: 'link', type: 'button', onclick: () => manage() });
    // The field lies in another tree than the list, so it cannot point at what is chosen.
    this.said = el('p', { class: 'unseen', role: 'status' });
    this.node.append(this.#list, el('div', { class: 'foot' }, this.foot), this.said);
  }

  /** Once the composer has its field. */
  setUp() {
    const { field } = this.#composer;
    const { language } = this.#app;
    this.#list.setAttribute('aria-label', language.say('canned'));
    this.foot.textContent = language.say('canned.manage');
    if (this.field === field) return;
    this.field = field;
    field.addEventListener('input', () => {
      // A slash alone begins anew what Escape had put away.
      if (!field.value.startsWith('/') || field.value === '/') this.#isDismissed = false;
      this.#look();
    });
    // Before the composer's own keys: Enter takes a reply instead of sending a slash.
    field.addEventListener('keydown', (event) => this.#key(event), { capture: true });
  }

  close() { this.node.hidden = true; }

  #look() {
    const text = this.field.value;
    const isAsked = text.startsWith('/') && !text.includes('\n') && !this.#isDismissed;
    const wanted = text.slice(1).trim().toLocaleLowerCase();
    this.#found = isAsked ? this.#match(wanted) : [];
    this.#index = 0;
    this.node.hidden = !isAsked || (this.#found.length === 0 && wanted !== '');
    if (!this.node.hidden) this.#draw();
  }

  /** Shortcuts that begin so first, then what contains it anywhere. */
  #match(wanted) {
    const rank = ({ shortcut, title = '', text }) => {
      if (shortcut.toLocaleLowerCase().startsWith(wanted)) return 0;
      if (`${shortcut} ${title}`.toLocaleLowerCase().includes(wanted)) return 1;
      return text.toLocaleLowerCase().includes(wanted) ? 2 : 3;
    };
    return this.#app.client.replies.map((reply) => [rank(reply), reply])
      .filter(([place]) => place < 3).sort(([left], [right]) => left - right)
      .map(([, reply]) => reply).slice(0, SHOWN);
  }

  #draw() {
    const { language } = this.#app;
    this.#list.replaceChildren(...this.#found.map((reply, index) => el('li', {
      role: 'option', id: `canned-${index}`, 'aria-selected': String(index === this.#index),
      onpointerdown: (event) => {
        event.preventDefault();
        this.#take(reply);
      },
    }, el('strong', {}, el('bdi', {}, `/${reply.shortcut}`)),
    el('span', { class: 'title' }, el('bdi', {}, reply.title || '')),
    el('span', { class: 'text' }, el('bdi', {}, reply.text)))));
    if (this.#found.length === 0) {
      this.#list.replaceChildren(el('li', { class: 'soft' }, language.say('canned.none')));
    }
    this.#mark();
  }

  #mark() {
    const rows = [...this.#list.children];
    rows.forEach((row, index) => row.setAttribute('aria-selected', String(index === this.#index)));
    rows[this.#index]?.scrollIntoView({ block: 'nearest' });
    const chosen = this.#found[this.#index];
    this.said.textContent = chosen ? `${chosen.shortcut} ${chosen.title || chosen.text}` : '';
  }

  #key(event) {
    if (this.node.hidden || event.isComposing || event.keyCode === 229) return;
    const { length } = this.#found;
    const act = {
      ArrowDown: () => { this.#index = (this.#index + 1) % length; },
      ArrowUp: () => { this.#index = (this.#index + length - 1) % length; },
      Enter: () => this.#take(this.#found[this.#index]),
      Tab: () => this.#take(this.#found[this.#index]),
      Escape: () => {
        this.#isDismissed = true;
        this.close();
      },
    }[event.key];
    if (!act || (length === 0 && event.key !== 'Escape')) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
    if (!this.node.hidden) this.#mark();
  }

  #take(reply) {
    const text = fill(reply.text, this.#values());
    this.close();
    this.#composer.text = text;
    this.#composer.focus();
    const hole = text.match(/\{\{[^{}]+\}\}/);
    if (hole) this.field.setSelectionRange(hole.index, hole.index + hole[0].length);
  }

  #values() {
    const { client, language, selected, recordOf } = this.#app;
    const { customer, topic } = selected;
    const known = facts(customer?.profile, recordOf(customer?.id));
    return {
      'customer.name': customerName(selected, language),
      'customer.id': customer?.id,
      'agent.name': client.me.name ?? client.me.id,
      topic,
      ...Object.fromEntries(known.map(({ name, value }) => [name, valueInWords(value)])),
    };
  }
}

/** `{{name}}` is replaced by what is known under that name; what is not stays as it is. */
export const fill = (text, values) => text.replace(/\{\{\s*([^{}]+?)\s*\}\}/g,
  (hole, name) => (Object.hasOwn(values, name) && values[name] ? values[name] : hole));

/** The agent's own replies: shows them, and changes, adds and takes away until it is closed. */
export async function manageReplies(app) {
  const { client, dialog, language, attempt } = app;
  for (;;) {
    const own = client.replies.filter((one) => one.scope === 'agent');
    const answer = await dialog.ask({
      title: language.say('canned.own'),
      body: own.length === 0 ? el('p', { class: 'soft' }, language.say('canned.hint'))
        : el('ul', { class: 'replies' }, own.map((one) => el('li', {},
          el('span', { class: 'text' }, el('strong', {}, el('bdi', {}, `/${one.shortcut}`)),
            el('span', { class: 'soft' }, el('bdi', {}, one.title || one.text))),
          el('button', {
            class: 'link', type: 'submit', value: `edit ${one.shortcut}`,
            'aria-label': language.say('info.edit', { name: one.shortcut }),
          }, language.say('edit'))))),
      acts: [['new', language.say('canned.new'), 'primary']],
      dismiss: language.say('help.close'),
      kind: 'wide',
    });
    if (!answer) return;
    const known = own.find((one) => answer.act === `edit ${one.shortcut}`);
    const change = await askForReply(app, known);
    if (change) await attempt(() => client.writeReply(change));
  }
}

/** `{shortcut, title, text}`, without text to take it away; null when nothing is to change. */
async function askForReply({ dialog, language }, known = null) {
  const { shortcut = '', title = '', text = '' } = known ?? {};
  const answer = await dialog.ask({
    title: known ? language.say('info.edit', { name: `/${shortcut}` }) : language.say('canned.new'),
    body: [
      el('label', { class: 'field' }, language.say('canned.shortcut'), el('input', {
        name: 'shortcut', value: shortcut, required: true, maxlength: 32, autocomplete: 'off',
        readonly: Boolean(known), autofocus: !known,
      })),
      el('label', { class: 'field' }, language.say('canned.title'), el('input', {
        name: 'title', value: title, maxlength: 80, autocomplete: 'off',
      })),
      el('label', { class: 'field' }, language.say('canned.text'), el('textarea', {
        name: 'text', required: true, maxlength: 4000, rows: 5, autofocus: Boolean(known),
      }, text)),
      el('p', { class: 'soft' }, language.say('canned.places')),
    ],
    acts: [['save', language.say('save'), 'primary'],
      known && ['remove', language.say('remove'), 'danger']].filter(Boolean),
    dismiss: language.say('cancel'),
    kind: 'wide',
  });
  if (!answer) return null;
  const field = (name) => answer.data.get(name).trim();
  if (answer.act === 'remove') return { shortcut };
  return { shortcut: field('shortcut'), title: field('title') || undefined, text: field('text') };
}
