// What is written down about a chat: what it was about, what came of it, its tags; and when it has
// ended the time that is left to do so. What somebody began to write stays with its chat, also when
// he looks at another one, and can still be saved when the time is over. Used by
// chathub-console-chat.js under one that has ended, and by chathub-console-tags.js beside one that
// goes on.
import { el, icon } from './chathub-dom.js';

/** A text field that suggests: `words` are the site's, anything else may be written. */
export function suggestField(label, name, words, value) {
  const list = `suggest-${name}`;
  return el('label', { class: 'field' }, label,
    el('input', { name, list, value, maxlength: 64, autocomplete: 'off' }),
    el('datalist', { id: list }, words.map((word) => el('option', { value: word }))));
}

/**
 * What a chat was about before anybody wrote it down: what the customer chose, in the words of the
 * site's list (`refund` is `退款 Refund`); nothing where that has none for it. A site without a
 * list: as customers read it. Never an identifier.
 */
export function topicOf({ topic }, { site }, language) {
  if (!topic) return '';
  const chosen = site?.topics?.find(({ id }) => id === topic)?.name;
  const names = [topic, ...Object.values(chosen ?? {})].map((name) => name.toLowerCase());
  const isNamed = (words) => names.some((name) => words.toLowerCase().includes(name));
  const listed = site?.dispositions?.topics ?? [];
  return listed.length ? listed.find(isNamed) ?? '' : language.pick(chosen);
}

export class WrapUp {
  node = el('form', {
    class: 'wrap', hidden: true, onsubmit: (event) => this.#done(event),
    oninput: () => this.#keep(),
  });
  #app;
  #chat = null;
  #left = el('p', { class: 'left', role: 'timer' });
  #extend = null;
  #shown = '';

  /** `app`: `client`, `language`, `storage`, `attempt(act)`, `leave(c)`. */
  constructor(app) { this.#app = app; }

  /** Shown while `chat` is in its wrap-up, and after that while something unsaved is in it. */
  draw(chat) {
    const isRunning = chat.state === 'wrapup';
    this.node.hidden = !isRunning && !(chat.state === 'closed' && this.#kept(chat));
    if (this.node.hidden) return;
    const { language } = this.#app;
    const shown = `${chat.id}:${language.tag}`;
    if (this.#shown !== shown) {
      this.#shown = shown;
      this.#chat = chat;
      this.#build(chat);
    }
    this.#extend.hidden = !isRunning;
    const seconds = Math.max(0, Math.ceil((chat.wrapEndsAt - Date.now()) / 1000));
    this.#left.textContent = isRunning
      ? language.say('wrap.left', { n: seconds }) : language.say('wrap.late');
    this.#left.classList.toggle('soon', !isRunning || seconds <= 10);
  }

  #build(chat) {
    const { client, language } = this.#app;
    const { topics = [], results = [] } = client.site?.dispositions ?? {};
    const { topic, result = '', note = '' } = chat.disposition ?? {};
    const kept = this.#kept(chat) ?? {};
    this.#extend = el('button', { class: 'button', type: 'button', onclick: () => this.#longer() },
      icon('clock', 16), language.say('wrap.extend'));
    this.node.replaceChildren(
      el('div', { class: 'head' }, el('h2', {}, language.say('wrap')), this.#left),
      el('div', { class: 'pair' },
        suggestField(language.say('wrap.topic'), 'topic', topics,
          kept.topic ?? topic ?? topicOf(chat, client, language)),
        suggestField(language.say('wrap.result'), 'result', results, kept.result ?? result)),
      el('label', { class: 'field' }, language.say('wrap.note'),
        el('textarea', { name: 'note', rows: 2, maxlength: 2000 }, kept.note ?? note)),
      el('div', { class: 'act' },
        el('button', { class: 'button primary', type: 'submit' }, language.say('wrap.done')),
        this.#extend),
    );
  }

  #name({ id }) { return this.#app.client.nameOf(`wrap:${id}`); }
  #kept(chat) { return this.#app.storage.getJSON(this.#name(chat)); }
  #keep() { this.#app.storage.setJSON(this.#name(this.#chat), this.#written()); }

  #written() {
    const data = new FormData(this.node);
    return { topic: data.get('topic'), result: data.get('result'), note: data.get('note') };
  }

  async #done(event) {
    event.preventDefault();
    const chat = this.#chat;
    const { client, attempt, leave } = this.#app;
    const { topic, result, note } = this.#written();
    const written = { topic: topic.trim(), result: result.trim(), note: note.trim() };
    const done = chat.state === 'wrapup' || undefined;
    if (await attempt(() => client.wrap(chat, { ...written, done }))) leave(chat);
  }

  async #longer() {
    await this.#app.attempt(() => this.#app.client.wrap(this.#chat, { extend: true }));
  }
}
