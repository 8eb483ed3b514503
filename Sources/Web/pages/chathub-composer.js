// <chathub-composer>: where a person writes. Keeps the draft, never sends in the middle of an input
// method's composition, and counts bytes as the hub does. Used by the widget and the console.
//
//   const composer = document.createElement('chathub-composer');
//   composer.setUp({ language, storage });   composer.open('draft:s_1', { limitBytes: 8192 });
//   composer.addEventListener('chathub-submit', (event) => send(event.detail.text));
//   composer.addEventListener('chathub-typing', (event) => tell(event.detail.isTyping));
import { excessCharacters } from './chathub-codec.js';
import { el, icon } from './chathub-dom.js';
import { composerStyle, controls } from './chathub-style.js';

const DEFAULT_LIMIT_BYTES = 8192;
const TYPING_PAUSE_MILLISECONDS = 4000;

export class ChathubComposer extends HTMLElement {
  #language;
  #storage;
  #draftName = null;
  #limitBytes = DEFAULT_LIMIT_BYTES;
  #field;
  #send;
  #note;
  #pause = null;
  #isHeld = false;

  setUp({ language, storage }) {
    this.#language = language;
    this.#storage = storage;
    if (!this.shadowRoot) this.#build();
    this.name(language.say('message.placeholder'), language.say('message.label'));
    this.#send.setAttribute('aria-label', language.say('message.send'));
    this.#send.title = language.say('message.send');
    this.#judge();
  }

  /** Takes up the draft of that name; an own limit replaces the default one. */
  open(draftName, { limitBytes } = {}) {
    if (limitBytes) this.#limitBytes = limitBytes;
    if (draftName === this.#draftName) return;
    this.#stopTyping();
    this.#draftName = draftName;
    this.#field.value = this.#storage.get(draftName) ?? '';
    this.#fit();
    this.#judge();
  }

  /** While held, one may write but not send. */
  set isHeld(isHeld) {
    if (isHeld === this.#isHeld) return;
    this.#isHeld = isHeld;
    this.#judge();
  }

  focus() { this.#field.focus(); }

  /** The text field, for a page that offers something while a person writes. */
  get field() { return this.#field; }

  get text() { return this.#field.value; }

  /** Replaces what stands there, as if it had been written. */
  set text(text) {
    this.#field.value = text;
    this.#changed();
  }

  /** Other words in the empty field, and its name: who will read it. */
  name(placeholder, label) {
    this.#field.placeholder = placeholder;
    this.#field.setAttribute('aria-label', label);
  }

  #build() {
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [controls, composerStyle];
    this.#field = el('textarea', {
      rows: 1,
      enterkeyhint: 'send',
      autocomplete: 'off',
      oninput: () => this.#changed(),
      onkeydown: (event) => this.#key(event),
      onblur: () => this.#stopTyping(),
    });
    this.#send = el('button', { class: 'send', type: 'submit' }, icon('send'));
    this.#note = el('p', { class: 'note', role: 'status', hidden: true });
    const form = el('form', {
      onsubmit: (event) => {
        event.preventDefault();
        this.#submit();
      },
    }, this.#field, this.#send);
    root.append(form, this.#note);
  }

  #key(event) {
    // 229: some browsers report the Enter that ends a composition only by this code.
    const isComposing = event.isComposing || event.keyCode === 229;
    if (event.key !== 'Enter' || event.shiftKey || isComposing) return;
    event.preventDefault();
    this.#submit();
  }

  #changed() {
    const text = this.#field.value;
    if (text) this.#storage.set(this.#draftName, text);
    else this.#storage.remove(this.#draftName);
    this.#fit();
    this.#judge();
    clearTimeout(this.#pause);
    if (text.trim() === '') {
      this.#stopTyping();
      return;
    }
    this.#tell('chathub-typing', { isTyping: true });
    this.#pause = setTimeout(() => this.#stopTyping(), TYPING_PAUSE_MILLISECONDS);
  }

  #stopTyping() {
    clearTimeout(this.#pause);
    this.#tell('chathub-typing', { isTyping: false });
  }

  #submit() {
    const text = this.#field.value;
    if (this.#isHeld || text.trim() === '' || this.#excess(text) > 0) return;
    clearTimeout(this.#pause);
    this.#field.value = '';
    this.#storage.remove(this.#draftName);
    this.#fit();
    this.#judge();
    this.#tell('chathub-submit', { text });
  }

  #excess(text) { return excessCharacters(text, this.#limitBytes); }

  #judge() {
    const text = this.#field.value;
    const excess = this.#excess(text);
    this.#note.hidden = excess === 0;
    this.#note.textContent = excess ? this.#language.say('message.tooLong', { n: excess }) : '';
    this.#send.disabled = this.#isHeld || excess > 0 || text.trim() === '';
  }

  #fit() {
    this.#field.style.height = 'auto';
    // 0 while the panel is hidden: the style sheet's height stands then.
    const wanted = this.#field.scrollHeight;
    this.#field.style.height = wanted ? `${Math.min(wanted, 154)}px` : '';
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

if (!customElements.get('chathub-composer')) {
  customElements.define('chathub-composer', ChathubComposer);
}
