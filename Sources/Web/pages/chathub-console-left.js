// What customers left for a group while nobody was there, with what an agent may do with it. Rows
// live as long as what they show, so that no button goes away under the pointer. Used by
// chathub-console-queue.js, one for each group.
import { levelBadge } from './chathub-console-people.js';
import { Rows } from './chathub-console-rows.js';
import { el } from './chathub-dom.js';

const ROWS = 5;

export class LeftMessages {
  #app;
  #title = el('h4');
  #rest = el('p', { class: 'rest' });
  #list = el('ol');
  #rows;
  node = el('div', { class: 'left-messages' }, this.#title, this.#list, this.#rest);

  /** `app`: `client`, `language`, `takeMessage(message)`. */
  constructor(app) {
    this.#app = app;
    this.#rows = new Rows(this.#list, (one) => this.#make(one),
      (row, one) => this.#update(row, one));
  }

  /** Hidden while there is none. */
  draw(queue) {
    const { language } = this.#app;
    const { count = 0, head = [] } = queue?.left ?? {};
    this.node.hidden = count === 0;
    const shown = count ? head.slice(0, ROWS) : [];
    this.#title.textContent = language.say('left.count', { n: count });
    this.#rows.draw(shown.map((one) => ({ ...one, id: one.message })));
    this.#rest.hidden = count <= shown.length;
    this.#rest.textContent = language.say('queue.more', { n: count - shown.length });
  }

  #make({ message }) {
    return el('li', {}, el('span', { class: 'topic' }), el('span'), el('button', {
      class: 'link', type: 'button', onclick: () => this.#app.takeMessage(message),
    }));
  }

  #update(row, one) {
    const { client, language } = this.#app;
    const [topic, since, take] = row.children;
    const what = client.nameOfTopic(one.topic, language) ?? '—';
    const time = language.duration(client.now() - one.since);
    topic.replaceChildren(
      ...[levelBadge(one.level, language), el('bdi', {}, what)].filter(Boolean));
    since.textContent = time;
    take.textContent = language.say('left.take');
    take.setAttribute('aria-label', language.say('left.takeLabel', { what, time }));
  }
}
