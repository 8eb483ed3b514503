// One conversation as it goes on, seen by a supervisor and by nobody else told of; with a line to
// whisper to its agents. Used by chathub-board.js.
import { write } from './chathub-board-top.js';
import { offerRemoval } from './chathub-console-remove.js';
import { el, icon } from './chathub-dom.js';
import './chathub-talk.js';

export class BoardWatch {
  #app;
  #title = el('h2', { id: 'watch-title', tabindex: '-1' });
  #about = el('p', { class: 'soft' });
  #talk = document.createElement('chathub-talk');
  #field = el('input', { class: 'field', autocomplete: 'off', maxlength: 2000 });
  #send = el('button', { class: 'button primary', type: 'submit' });
  #take;
  #close;
  #form;
  #notes = new Map();
  #cameFrom = null;

  /** `app`: `client`, `language`, `attempt(act)`, `takeOver(session)`, `nameOf(from)`. */
  constructor(app) {
    this.#app = app;
    this.#close = el('button', {
      class: 'icon-button', type: 'button', onclick: () => this.close(),
    }, icon('close'));
    this.#take = el('button', {
      class: 'button', type: 'button', onclick: () => app.takeOver(app.client.watched.id),
    });
    this.#form = el('form', {
      class: 'whisper',
      onsubmit: (event) => {
        event.preventDefault();
        this.#whisper();
      },
    }, this.#field, this.#send);
    // Rows of our own are put in again when all is drawn anew.
    this.#talk.onRedraw = () => { for (const note of this.#notes.values()) this.#insert(note); };
    this.node = el('aside', {
      class: 'sessions watch', 'aria-labelledby': 'watch-title', hidden: true,
    }, el('header', {}, el('div', {}, this.#title, this.#about), this.#take, this.#close),
    this.#talk, this.#form);
  }

  speak() {
    const { client, language, nameOf } = this.#app;
    this.#talk.setUp({ language, client, nameOf });
    offerRemoval(this.#talk, this.#app, () => client.watched, nameOf);
    this.#close.setAttribute('aria-label', language.say('watch.close'));
    write(this.#take, language.say('take'));
    write(this.#send, language.say('whisper.send'));
    this.#field.placeholder = language.say('whisper');
    this.#field.setAttribute('aria-label', language.say('whisper'));
    this.#draw();
  }

  async open(session) {
    const { attempt, client } = this.#app;
    client.unwatch();
    this.#notes.clear();
    this.#cameFrom = document.activeElement;
    await attempt(async () => {
      const conversation = await client.watch(session);
      this.node.hidden = false;
      this.#talk.show(conversation);
      this.#draw();
      this.#title.focus();
      for (const note of await client.notesOf(session)) this.#takeNote(note);
    });
  }

  close() {
    this.node.hidden = true;
    this.#talk.show(null);
    this.#app.client.unwatch();
    if (this.#cameFrom?.isConnected) this.#cameFrom.focus();
  }

  /** A `change` of the client. */
  change(detail) {
    const { watched } = this.#app.client;
    if (!watched) return;
    if (detail.what === 'note' && detail.conversation === watched) this.#takeNote(detail.note);
    this.#talk.change(detail);
    if (detail.conversation === watched) this.#draw();
  }

  #draw() {
    const { client, client: { watched }, language } = this.#app;
    if (!watched) return;
    const { customer, agent, state, topic } = watched;
    write(this.#title, this.#app.customerName(customer));
    write(this.#about, [language.has(`state.${state}`) ? language.say(`state.${state}`)
      : language.say('chat.ended'), agent?.name ?? agent?.id, client.nameOfTopic(topic, language)]
      .filter(Boolean).join(' · '));
    this.#take.hidden = !['queued', 'offered', 'active'].includes(state);
    this.#form.hidden = state !== 'active';
  }

  async #whisper() {
    const { attempt, client } = this.#app;
    const text = this.#field.value.trim();
    const { watched } = client;
    if (!text || !watched) return;
    await attempt(async () => {
      const { note, at } = await client.whisper(watched.id, text);
      this.#field.value = '';
      this.#takeNote({
        note, at, text, kind: 'whisper', from: client.me, after_seq: watched.log.lastSeq,
      });
    });
  }

  #takeNote(note) {
    if (this.#notes.has(note.note)) return;
    this.#notes.set(note.note, note);
    this.#insert(note);
  }

  #insert({ kind, from, text, after_seq: seq }) {
    const { language } = this.#app;
    this.#talk.insert(el('li', { class: `system ${kind}` },
      language.say(`${kind}.of`, { name: from.name ?? from.id }), ' ', el('bdi', {}, text)), seq);
  }
}
