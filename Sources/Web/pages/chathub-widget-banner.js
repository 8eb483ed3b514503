// The line that says how the connection really is; nothing while all is well. Drawn by
// chathub-widget-panel.js.
import { el } from './chathub-dom.js';

/** A line that is back so soon is not worth a word. */
const AFTER_MILLISECONDS = 1500;

export class Banner {
  node = el('div', { class: 'banner', role: 'status', hidden: true });
  #panel;
  #timer = null;
  isShown = false;
  #drawn = '';

  constructor(panel) { this.#panel = panel; }

  /** The connection changed. */
  watch() {
    const { name, isSilent } = this.#panel.client.connection;
    if ((name === 'ready' && !isSilent) || name === 'idle') {
      clearTimeout(this.#timer);
      this.#timer = null;
      this.isShown = false;
    } else if (name === 'stopped' || isSilent) {
      this.isShown = true;
    } else {
      this.#timer ??= setTimeout(() => {
        this.isShown = true;
        this.#panel.draw();
      }, AFTER_MILLISECONDS);
    }
  }

  draw() {
    const { client, language } = this.#panel;
    const { name, code } = client.connection;
    const words = name === 'stopped' ? language.sayCode(code)
      : language.say(name === 'connecting' ? 'link.again' : 'link.offline');
    const drawn = this.isShown ? name + words : '';
    if (this.#drawn === drawn) return;
    this.#drawn = drawn;
    this.node.hidden = !this.isShown;
    this.node.replaceChildren(el('span', {}, words), name === 'waiting' ? el('button', {
      class: 'link', type: 'button', onclick: () => client.link.probe(),
    }, language.say('retry')) : '');
  }
}
