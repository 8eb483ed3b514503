// The card of a customer who waits in line: his number, how long it may take, the way out; and the
// same for screen readers, politely and rarely. Drawn by chathub-widget-panel.js.
import { el } from './chathub-dom.js';

const SAID_EVERY_MILLISECONDS = 30_000;

export class QueueCard {
  node = el('section', { class: 'queue', hidden: true });
  #panel;
  #said = { at: 0, words: '' };

  constructor(panel) { this.#panel = panel; }

  draw() {
    const { conversation, language } = this.#panel;
    this.node.hidden = conversation?.state !== 'queued';
    if (this.node.hidden) return;
    const { position, opensAt } = conversation;
    const wait = language.wait(conversation.waitSeconds, conversation.isNobodyThere);
    const line = (name, key, values) => el('p', { class: name }, language.say(key, values));
    this.node.replaceChildren(
      ...(position ? [el('div', { class: 'place', 'aria-hidden': 'true' }, String(position))] : []),
      el('div', {},
        el('p', { class: 'where' }, this.#place()),
        opensAt ? line('wait', 'queue.opens', { time: language.opening(opensAt, Date.now()) })
          : wait && line('wait', 'queue.wait', { wait }),
        el('p', { class: 'exit' }, el('button', {
          class: 'link', type: 'button', onclick: () => this.#panel.ask('leave'),
        }, language.say('queue.leave')))),
    );
  }

  /** His place as a sentence, for eyes and for screen readers. */
  #place() {
    const { conversation: { position: n }, language } = this.#panel;
    if (!n) return language.say('queue.kept');
    return language.say(n === 1 ? 'queue.first' : 'queue.place', { n });
  }

  /** The place when it changes, at most every half minute; and who is there in the end. */
  announce() {
    const { conversation, language } = this.#panel;
    if (conversation.state === 'active' && this.#said.words) {
      const name = conversation.agent?.name ?? language.say('agent');
      this.#panel.say(language.say('joined', { name }));
      this.#said = { at: 0, words: '' };
    }
    if (conversation.state !== 'queued' || !this.#panel.isOpen) return;
    const words = this.#place();
    const isEarly = Date.now() - this.#said.at < SAID_EVERY_MILLISECONDS;
    if (words === this.#said.words || (isEarly && conversation.position !== 1)) return;
    this.#said = { at: Date.now(), words };
    this.#panel.say(words);
  }
}
