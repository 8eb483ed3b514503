// What is written down about a chat: what it was about, what came of it, its tags; and when it has
// ended the time that is left to do so. Used by chathub-console-chat.js under one that has ended,
// and by chathub-console-customer.js beside one that goes on.
import { el, icon } from './chathub-dom.js';

/** A text field that suggests: `words` are the site's, anything else may be written. */
export function suggestField(label, name, words, value) {
  const list = `suggest-${name}`;
  return el('label', { class: 'field' }, label,
    el('input', { name, list, value, maxlength: 64, autocomplete: 'off' }),
    el('datalist', { id: list }, words.map((word) => el('option', { value: word }))));
}

export class WrapUp {
  node = el('form', { class: 'wrap', hidden: true, onsubmit: (event) => this.#done(event) });
  #app;
  #chat = null;
  #left = el('p', { class: 'left', role: 'timer' });
  #shown = '';

  /** `app`: `client`, `language`, `attempt(act)`, `leave(c)`. */
  constructor(app) { this.#app = app; }

  /** `chat` in its wrap-up, or null. */
  draw(chat) {
    this.node.hidden = !chat;
    if (!chat) return;
    const { language } = this.#app;
    const shown = `${chat.id}:${language.tag}`;
    if (this.#shown !== shown) {
      this.#shown = shown;
      this.#chat = chat;
      this.#build(chat);
    }
    const seconds = Math.max(0, Math.ceil((chat.wrapEndsAt - Date.now()) / 1000));
    this.#left.textContent = language.say('wrap.left', { n: seconds });
    this.#left.classList.toggle('soon', seconds <= 10);
  }

  #build(chat) {
    const { client, language } = this.#app;
    const { topics = [], results = [] } = client.site?.dispositions ?? {};
    const { topic = chat.topic ?? '', result = '' } = chat.disposition ?? {};
    this.node.replaceChildren(
      el('div', { class: 'head' }, el('h2', {}, language.say('wrap')), this.#left),
      el('div', { class: 'pair' },
        suggestField(language.say('wrap.topic'), 'topic', topics, topic),
        suggestField(language.say('wrap.result'), 'result', results, result)),
      el('label', { class: 'field' }, language.say('wrap.note'),
        el('textarea', { name: 'note', rows: 2, maxlength: 2000 })),
      el('div', { class: 'act' },
        el('button', { class: 'button primary', type: 'submit' }, language.say('wrap.done')),
        el('button', { class: 'button', type: 'button', onclick: () => this.#extend() },
          icon('clock', 16), language.say('wrap.extend'))),
    );
  }

  async #done(event) {
    event.preventDefault();
    const chat = this.#chat;
    const { client, attempt, leave } = this.#app;
    const data = new FormData(this.node);
    const field = (name) => data.get(name).trim();
    if (field('note')) client.notes.add(chat.id, field('note'));
    const written = { topic: field('topic'), result: field('result'), done: true };
    if (await attempt(() => client.wrap(chat, written))) leave(chat);
  }

  async #extend() {
    await this.#app.attempt(() => this.#app.client.wrap(this.#chat, { extend: true }));
  }
}
