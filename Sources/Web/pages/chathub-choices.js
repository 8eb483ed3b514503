// The card for when nobody can answer now: out of hours, full, or waiting long; with the form that
// leaves a message. Drawn by chathub-widget.js above the conversation. It is made anew only when
// something else is to be said, so that focus and half-written words stay.
import { excessCharacters } from './chathub-codec.js';
import { el } from './chathub-dom.js';

/** Where the hub's limits on names and contacts are kept whatever the alphabet. Characters. */
const NAME_CHARACTERS = 16;
const CONTACT_CHARACTERS = 50;

export class ChoiceCard {
  node = el('section', { class: 'choice', 'aria-labelledby': 'choice-title', hidden: true });
  #client;
  #topic;
  #language;
  #conversation = null;
  #drawn = '';
  #kind = null;
  #isWriting = false;

  /** `topic()`: what the page says it is about. */
  constructor(client, topic) {
    this.#client = client;
    this.#topic = topic;
  }

  /** Whether its own text field is the one to write in. */
  get takesText() { return !this.node.hidden && this.node.querySelector('textarea') !== null; }

  draw(conversation, language) {
    this.#conversation = conversation;
    this.#language = language;
    const { starting, leaving } = this.#client;
    const before = this.#kind;
    this.#kind = this.#whatToSay();
    if (this.#kind !== 'wait') this.#isWriting = false;
    const state = JSON.stringify([this.#kind, language.tag, this.#isWriting, starting?.opensAt,
      leaving && (leaving.code ?? 'busy'), conversation?.choosing]);
    this.node.hidden = this.#kind === null;
    if (state === this.#drawn) return;
    this.#drawn = state;
    if (this.#kind === null) this.node.replaceChildren();
    else this.#redraw(before !== this.#kind);
  }

  #whatToSay() {
    const { starting, leftAt } = this.#client;
    const conversation = this.#conversation;
    if (conversation?.state === 'queued' && conversation.choices) return 'wait';
    if (conversation?.isOpen) return null;
    if (starting?.choices) return starting.code === 'closed' ? 'closed' : 'full';
    return leftAt && !starting ? 'left' : null;
  }

  /** `isNews`: screen readers are told at once. */
  #redraw(isNews) {
    const kept = {};
    for (const field of this.node.querySelectorAll('[name]')) kept[field.name] = field.value;
    this.node.replaceChildren(
      el('div', { role: isNews ? 'alert' : null },
        el('h3', { id: 'choice-title' }, this.#say(`${this.#kind}.title`)),
        el('p', {}, this.#text())),
      ...(this.#kind === 'left' ? [] : [this.#ways(kept)].flat()),
    );
  }

  #say(key, values) { return this.#language.say(key, values); }

  #text() {
    const opensAt = this.#kind === 'closed' ? this.#client.starting.opensAt : null;
    return opensAt
      ? this.#say('closed.opens', { time: this.#language.opening(opensAt, Date.now()) })
      : this.#say(`${this.#kind}.text`);
  }

  #ways(kept) {
    const isWait = this.#kind === 'wait';
    if (!isWait) {
      return this.#form(kept, this.#button('leave.again', () => this.#client.retryStart()));
    }
    const { choosing } = this.#conversation;
    const isBusy = Boolean(choosing && !choosing.code);
    const waitOn = (look) => this.#button('wait.on',
      () => this.#client.choose(this.#conversation, 'wait'), look, isBusy);
    if (this.#isWriting) return this.#form(kept, waitOn());
    const { choices } = this.#conversation;
    return [this.#refusal(choosing), el('div', { class: 'act' }, waitOn('primary'),
      choices.includes('robot') && this.#button('wait.robot',
        () => this.#client.choose(this.#conversation, 'robot'), '', isBusy),
      choices.includes('message')
        && this.#button('leave.open', () => this.#write(), '', isBusy))];
  }

  #write() {
    this.#isWriting = true;
    this.draw(this.#conversation, this.#language);
    this.node.querySelector('textarea').focus();
  }

  #button(key, act, look = '', disabled = false) {
    return el('button', { class: `button ${look}`, type: 'button', onclick: act, disabled },
      this.#say(key));
  }

  /** Why the hub refused what was sent; nothing while it is on its way. */
  #refusal(sent) {
    return sent?.code
      ? el('p', { class: 'bad', role: 'alert' }, this.#language.sayCode(sent.code)) : '';
  }

  /** Of somebody who waits, what he wrote goes along, and who he is is known. */
  #form(kept, back) {
    const { starting, leaving, limits } = this.#client;
    const waiting = this.#kind === 'wait' ? this.#conversation : null;
    const hasWords = Boolean(waiting?.log.messages.length);
    const field = (tag, name, properties, value = '') => {
      const input = el(tag, { name, ...properties });
      input.value = kept[name] ?? leaving?.[name] ?? value;
      return input;
    };
    const text = field('textarea', 'text', {
      rows: 3, required: !hasWords, oninput: () => judge(),
    }, starting?.text);
    const name = field('input', 'name', { maxlength: NAME_CHARACTERS, autocomplete: 'name' });
    const contact = field('input', 'contact', { maxlength: CONTACT_CHARACTERS });
    const label = (key, input) => el('label', {}, el('span', {}, this.#say(key)), input);
    const sent = waiting ? waiting.choosing : leaving;
    const isBusy = Boolean(sent && !sent.code);
    const note = el('p', { class: 'bad', role: 'status' });
    const send = el('button', { class: 'button primary', type: 'submit' },
      this.#say(isBusy ? 'message.sending' : 'leave.send'));
    const excess = () => excessCharacters(text.value.trim(), limits.message_bytes);
    const judge = () => {
      const n = excess();
      note.hidden = n === 0;
      note.textContent = n ? this.#say('message.tooLong', { n }) : '';
      send.disabled = isBusy || n > 0;
    };
    judge();
    return el('form', {
      onsubmit: (event) => {
        event.preventDefault();
        if (isBusy || excess() > 0) return;
        this.#leave(waiting, {
          text: text.value.trim(), name: name.value.trim(), contact: contact.value.trim(),
        });
      },
    },
    label(hasWords ? 'leave.more' : 'leave.text', text),
    waiting ? null : [label('leave.name', name), label('leave.contact', contact)],
    note, this.#refusal(sent), el('div', { class: 'act' }, send, back));
  }

  #leave(waiting, { text, name, contact }) {
    if (waiting) this.#client.choose(waiting, 'message', text);
    else if (text) this.#client.leave({ text, name, contact, topic: this.#topic() });
  }
}
