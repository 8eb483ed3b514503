// <chathub-composer>: where a person writes. Keeps the draft, never sends in the middle of an input
// method's composition, and counts bytes as the hub does. Used by the widget and the console.
//
//   const composer = document.createElement('chathub-composer');
//   composer.setUp({ language, storage });   composer.open('draft:s_1', { limitBytes: 8192 });
//   composer.addEventListener('chathub-submit', (event) => send(event.detail.text));
//   composer.asksFirst = true;   // until then `chathub-held` is told instead of `chathub-submit`
//   composer.onFiles = (files) => promise;  composer.takesFiles = true;
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
  #attach;
  #picker;
  #note;
  #pause = null;
  #isHeld = false;
  /** Whether something has to be answered before what is written may be sent. */
  asksFirst = false;
  /** What was picked, pasted or dropped. */
  onFiles = async () => {};

  setUp({ language, storage }) {
    this.#language = language;
    this.#storage = storage;
    if (!this.shadowRoot) this.#build();
    this.name(language.say('message.placeholder'), language.say('message.label'));
    for (const [node, key] of [[this.#send, 'send'], [this.#attach, 'attach']]) {
      node.title = language.say(`message.${key}`);
      node.ariaLabel = node.title;
    }
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

  /** Whether files may go along: picked, pasted or dropped. */
  set takesFiles(takes) { this.#attach.hidden = !takes; }

  /** Takes what is dropped on `area`; over `shown` it is said that it may be. */
  takeDropsOn(area, shown) {
    const take = async (event) => {
      const { type, dataTransfer } = event;
      if (this.#attach.hidden || !dataTransfer.types.includes('Files')) return;
      event.preventDefault();
      const isOver = type === 'dragover' || area.contains(event.relatedTarget);
      if (type === 'drop') this.#takeFiles(dataTransfer);
      const { showDrop } = await import('./chathub-drop.js');
      showDrop(shown, isOver, this.#language);
    };
    for (const type of ['dragover', 'dragleave', 'drop']) area.addEventListener(type, take);
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
    this.#field.ariaLabel = label;
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
      onpaste: (event) => {
        // What has words too (a table cell, say) is meant as words.
        const { clipboardData: data } = event;
        if (this.#attach.hidden || !data.files.length || data.types.includes('text/plain')) return;
        event.preventDefault();
        this.#takeFiles(data);
      },
    });
    this.#picker = el('input', {
      type: 'file', multiple: true, hidden: true,
      onchange: () => {
        this.#takeFiles(this.#picker);
        this.#picker.value = '';
      },
    });
    this.#attach = el('button', {
      class: 'icon-button attach', type: 'button', hidden: true,
      onclick: () => this.#picker.click(),
    }, icon('clip'));
    this.#send = el('button', { class: 'send', type: 'submit' }, icon('send'));
    this.#note = el('p', { class: 'note', role: 'status', hidden: true });
    const form = el('form', {
      onsubmit: (event) => {
        event.preventDefault();
        this.#submit();
      },
    }, this.#attach, this.#picker, this.#field, this.#send);
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

  async #takeFiles({ files }) {
    try {
      if (files.length) await this.onFiles([...files]);
    } catch (error) {
      console.error('chathub', error);
      this.#note.hidden = false;
      this.#note.textContent = this.#language.sayCode('network');
    }
  }

  #stopTyping() {
    clearTimeout(this.#pause);
    this.#tell('chathub-typing', { isTyping: false });
  }

  #submit() {
    const text = this.#field.value;
    if (this.asksFirst) {
      this.#tell('chathub-held');
      return;
    }
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
    const { style } = this.#field;
    // What lies above keeps its size while this is measured, or its scroll position is cut.
    this.style.height = `${this.offsetHeight}px`;
    style.height = 'auto';
    // 0 while the panel is hidden: the style sheet's height stands then.
    const wanted = this.#field.scrollHeight;
    style.height = wanted ? `${Math.min(wanted, 154)}px` : '';
    this.style.height = '';
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

if (!customElements.get('chathub-composer')) {
  customElements.define('chathub-composer', ChathubComposer);
}
