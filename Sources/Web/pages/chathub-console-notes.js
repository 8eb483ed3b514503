// Notes in the timeline of a chat, where they were written, and unmistakably not for the customer:
// another colour, a dashed edge, and a label that says who reads them. And how an agent sees a
// timeline at all: colleagues and robots in another tint than the customer. Used by
// chathub-console-chat.js and, for the look, chathub-console-past.js.
import { el, icon, sheet } from './chathub-dom.js';
import { textNodes } from './chathub-links.js';

const timelineStyle = sheet(`
.message.theirs:not([data-role="customer"]) .bubble { background: var(--ch-tint);
  color: var(--ch-on-tint); }
.note { display: flex; flex-direction: column; gap: 2px; margin: 10px 9%; padding: 8px 13px 9px;
  border: 1px dashed var(--ch-gold); border-radius: 12px; background: var(--ch-gold-tint);
  color: var(--ch-text); }
.note .label { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 7px; font-size: 12.5px;
  color: var(--ch-gold); font-weight: 600; }
.note time, .note .state { font-weight: 400; color: var(--ch-soft); }
.note .text { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; }
.note .text a { color: inherit; }
.note.pending { border-style: dotted; }
.note.pending.failed { border-color: var(--ch-bad); }`);

/** Gives a chathub-talk that is set up the agents' look. */
export function dressTalk({ shadowRoot }) {
  if (shadowRoot.adoptedStyleSheets.includes(timelineStyle)) return;
  shadowRoot.adoptedStyleSheets = [...shadowRoot.adoptedStyleSheets, timelineStyle];
}

export class ConsoleNotes {
  #app;
  #talk;
  #chat = null;
  /** Rows of what is on its way: drawn anew each time. */
  #pending = [];

  /** `app`: `client`, `language`. `talk`: the chathub-talk the notes go into. */
  constructor(app, talk) {
    this.#app = app;
    this.#talk = talk;
    talk.onRedraw = () => this.#draw();
  }

  /** The chat that is about to be shown. */
  show(chat) { this.#chat = chat; }

  /** A `notes` change of the client. */
  change({ conversation, fresh }) {
    if (!this.#chat || conversation !== this.#chat) return;
    for (const note of fresh) this.#talk.insert(this.#row(note), note.after_seq);
    this.#drawPending();
  }

  #draw() {
    this.#pending = [];
    if (!this.#chat) return;
    for (const note of this.#app.client.notes.of(this.#chat.id)) {
      this.#talk.insert(this.#row(note), note.after_seq);
    }
    this.#drawPending();
  }

  #drawPending() {
    const { client } = this.#app;
    for (const row of this.#pending) row.remove();
    this.#pending = client.notes.pending(this.#chat.id).map((entry) => this.#pendingRow(entry));
    for (const row of this.#pending) this.#talk.insert(row, Number.MAX_SAFE_INTEGER);
  }

  #row({ kind, from, at, text }) {
    const { client, language } = this.#app;
    const key = `note.${kind}${from.id === client.me.id ? '.own' : ''}`;
    const name = from.name ?? client.nameOfAgent(from.id);
    return el('li', { class: `note ${kind}` },
      el('div', { class: 'label' }, icon('lock', 14),
        el('span', {}, language.say(key, { name })),
        el('time', {
          datetime: new Date(at).toISOString(), title: language.moment(at),
        }, language.clock(at))),
      el('div', { class: 'text', dir: 'auto' }, textNodes(text)));
  }

  #pendingRow(entry) {
    const { client, language } = this.#app;
    const isFailed = entry.state === 'failed';
    const words = isFailed
      ? `${language.say('message.failed')} · ${language.sayCode(entry.code)}`
      : language.say(client.isReady ? 'message.sending' : 'message.waiting');
    const act = (key, run) => el('button', { class: 'link', type: 'button', onclick: run },
      language.say(key));
    return el('li', { class: `note pending${isFailed ? ' failed' : ''}` },
      el('div', { class: 'label' }, icon('lock', 14), el('span', { class: 'state' }, words),
        isFailed && act('message.retry', () => client.notes.retry(entry.key)),
        isFailed && act('message.discard', () => client.notes.discard(entry.key))),
      el('div', { class: 'text', dir: 'auto' }, textNodes(entry.text)));
  }
}
