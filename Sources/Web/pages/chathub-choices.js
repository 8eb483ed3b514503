// The card for when nobody can answer now: out of hours, full, or waiting long; with the form that
// leaves a message. Drawn by chathub-widget-panel.js above the conversation. It is made anew only
// when something else is to be said, so that focus and half-written words stay.
import { buttons } from './chathub-buttons.js';
import { excessCharacters } from './chathub-codec.js';
import { el, sheet } from './chathub-dom.js';
import { Leaving } from './chathub-leaving.js';

/** Where the hub's limits on names and contacts are kept whatever the alphabet. Characters. */
const NAME_CHARACTERS = 16;
const CONTACT_CHARACTERS = 50;

export const styles = [buttons, sheet(`
.choice { margin: 12px 14px 0; padding: 14px 16px; border-radius: var(--ch-radius);
  background: var(--ch-warn-tint); overflow-y: auto; flex: none; max-height: 76%; }
.choice h3 { margin: 0; font-size: 15px; font-weight: 650; color: var(--ch-warn); }
.choice p { margin: 3px 0 0; font-size: 14px; }
.choice .bad { color: var(--ch-bad); }
.choice label { display: block; margin-top: 9px; font-size: 13px; color: var(--ch-soft); }
.choice textarea, .choice input { display: block; width: 100%; margin-top: 3px; padding: 8px 10px;
  font: inherit; font-size: 15px; color: var(--ch-text); background: var(--ch-surface);
  border: 1px solid var(--ch-line); border-radius: 9px; resize: vertical; }
.choice .act { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 12px; }
.choice .button { background: var(--ch-surface); }
.choice .button.primary { background: var(--ch-accent); }`)];

export const WORDS = {
  en: {
    'closed.title': 'We are closed right now',
    'closed.opens': 'We are back: {time}. Leave us a message, and the answer will be here.',
    'closed.text': 'Leave us a message, and the answer will be here when you come back.',
    'full.title': 'Many people are waiting',
    'full.text': 'Leave us a message, and the answer will be here when you come back.',
    'wait.title': 'Sorry, this takes long',
    'wait.text': 'You can keep your place in line, or leave a message for us to answer later.',
    'wait.on': 'Keep waiting',
    'wait.robot': 'Ask the robot',
    'left.title': 'We have your message',
    'left.text': 'As soon as somebody answers, you see it here.',
    'leave.open': 'Leave a message',
    'leave.text': 'Your message',
    'leave.more': 'Add something (optional)',
    'leave.name': 'Name (optional)',
    'leave.contact': 'Phone or e-mail (optional)',
    'leave.send': 'Leave message',
    'leave.again': 'Try again',
  },
  'zh-CN': {
    'closed.title': '当前不在服务时间内',
    'closed.opens': '客服将于 {time} 上线。请给我们留言，回复会显示在这里。',
    'closed.text': '请给我们留言，您再次打开时即可看到回复。',
    'full.title': '当前排队人数较多',
    'full.text': '请给我们留言，您再次打开时即可看到回复。',
    'wait.title': '抱歉让您久等了',
    'wait.text': '您可以保留位置继续等待，也可以留言，我们稍后回复。',
    'wait.on': '继续等待',
    'wait.robot': '咨询机器人',
    'left.title': '留言已收到',
    'left.text': '客服回复后，您会在这里看到。',
    'leave.open': '留言',
    'leave.text': '留言内容',
    'leave.more': '补充说明（选填）',
    'leave.name': '称呼（选填）',
    'leave.contact': '电话或邮箱（选填）',
    'leave.send': '提交留言',
    'leave.again': '重试',
  },
};

export class Part {
  node = el('section', { class: 'choice', 'aria-labelledby': 'choice-title', hidden: true });
  #panel;
  #client;
  #leaving;
  #drawn = '';
  #kind = null;
  #isWriting = false;

  constructor(panel) {
    this.#panel = panel;
    this.#client = panel.client;
    this.#leaving = new Leaving(panel.client);
  }

  /** Whether its own text field is the one to write in. */
  get takesText() { return !this.node.hidden && this.node.querySelector('textarea') !== null; }

  get #conversation() { return this.#panel.conversation; }

  draw() {
    const conversation = this.#conversation;
    const { starting } = this.#client;
    const leaving = this.#leaving.message;
    const before = this.#kind;
    this.#kind = this.#whatToSay();
    if (this.#kind !== 'wait') this.#isWriting = false;
    const state = JSON.stringify([this.#kind, this.#panel.language.tag, this.#isWriting,
      starting?.opensAt, leaving && (leaving.code ?? 'busy'), conversation?.choosing]);
    this.node.hidden = this.#kind === null;
    if (state === this.#drawn) return;
    this.#drawn = state;
    if (this.#kind === null) this.node.replaceChildren();
    else this.#redraw(before !== this.#kind);
  }

  #whatToSay() {
    const { starting } = this.#client;
    const conversation = this.#conversation;
    if (conversation?.state === 'queued' && conversation.choices) return 'wait';
    if (conversation?.isOpen) return null;
    if (starting?.choices) return starting.code === 'closed' ? 'closed' : 'full';
    return this.#leaving.leftAt && !starting ? 'left' : null;
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

  #say(key, values) { return this.#panel.language.say(key, values); }

  #text() {
    const opensAt = this.#kind === 'closed' ? this.#client.starting.opensAt : null;
    if (!opensAt) return this.#say(`${this.#kind}.text`);
    const time = this.#panel.language.opening(opensAt, Date.now());
    return this.#say('closed.opens', { time });
  }

  #ways(kept) {
    const isWait = this.#kind === 'wait';
    if (!isWait) {
      return this.#form(kept, this.#button('leave.again', () => this.#client.retryStart()));
    }
    const { choosing } = this.#conversation;
    const isBusy = Boolean(choosing && !choosing.code);
    const waitOn = (look) => this.#button('wait.on',
      () => this.#leaving.choose(this.#conversation, 'wait'), look, isBusy);
    if (this.#isWriting) return this.#form(kept, waitOn());
    const { choices } = this.#conversation;
    return [this.#refusal(choosing), el('div', { class: 'act' }, waitOn('primary'),
      choices.includes('robot') && this.#button('wait.robot',
        () => this.#leaving.choose(this.#conversation, 'robot'), '', isBusy),
      choices.includes('message')
        && this.#button('leave.open', () => this.#write(), '', isBusy))];
  }

  #write() {
    this.#isWriting = true;
    this.draw();
    this.node.querySelector('textarea').focus();
  }

  #button(key, act, look = '', disabled = false) {
    return el('button', { class: `button ${look}`, type: 'button', onclick: act, disabled },
      this.#say(key));
  }

  /** Why the hub refused what was sent; nothing while it is on its way. */
  #refusal(sent) {
    return sent?.code
      ? el('p', { class: 'bad', role: 'alert' }, this.#panel.language.sayCode(sent.code)) : '';
  }

  /** Of somebody who waits, what he wrote goes along, and who he is is known. */
  #form(kept, back) {
    const { starting, limits } = this.#client;
    const leaving = this.#leaving.message;
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
    if (waiting) this.#leaving.choose(waiting, 'message', text);
    else if (text) this.#leaving.leave({ text, name, contact, topic: this.#panel.about });
  }
}
