// The queues on the left of the console: how many wait at which level, and the first ones with what
// may be done with them. Rows live as long as their session waits, so that no button goes away
// under the pointer. Used by chathub-console-lists.js.
import { LeftMessages } from './chathub-console-left.js';
import { levelBadge } from './chathub-console-people.js';
import { Rows } from './chathub-console-rows.js';
import { el } from './chathub-dom.js';

const QUEUE_ROWS = 8;

export class ConsoleQueues {
  node = el('div', { class: 'queues' });
  #app;
  #groups;

  /** `app`: `client`, `language`, `hands`, `takeMessage(message)`. */
  constructor(app) {
    this.#app = app;
    this.#groups = new Rows(this.node, () => this.#make(),
      (row, group) => this.#update(row, group));
  }

  draw() { this.#groups.draw(this.#app.client.agent?.groups ?? []); }

  #make() {
    const list = el('ol');
    const left = new LeftMessages(this.#app);
    const box = el('div', { class: 'group' }, el('h3', {}, el('bdi'), el('span')),
      el('p', { class: 'levels' }), list, el('p', { class: 'rest' }), left.node);
    box.left = left;
    box.rows = new Rows(list, (one) => this.#makeRow(one), (row, one) => this.#updateRow(row, one));
    return box;
  }

  #update(box, group) {
    const { client, language } = this.#app;
    const queue = client.queues.get(group.id);
    const levels = Object.entries(queue?.levels ?? {}).filter(([, count]) => count > 0);
    const waiting = levels.reduce((sum, [, count]) => sum + count, 0);
    const [name, sum] = box.firstChild.children;
    const [, badges, , rest] = box.children;
    name.textContent = group.name;
    sum.textContent = waiting ? this.#sum(queue, waiting) : language.say('queue.none');
    badges.hidden = waiting === 0;
    badges.replaceChildren(...levels.sort(([left], [right]) => right - left)
      .map(([level, count]) => el('span', { class: level > 0 ? 'level' : 'level ordinary' },
        `${language.say(level > 0 ? 'level' : 'ordinary', { n: level })} × ${count}`)));
    const shown = waiting ? (queue.head ?? []).slice(0, QUEUE_ROWS) : [];
    box.rows.draw(shown.map((one) => ({ ...one, id: one.session })));
    rest.hidden = waiting <= shown.length;
    rest.textContent = language.say('queue.more', { n: waiting - shown.length });
    box.left.draw(queue);
  }

  #sum(queue, waiting) {
    const { language } = this.#app;
    const longest = language.say('queue.longest', {
      time: language.duration((queue.longest_wait_s ?? 0) * 1000 + Date.now() - queue.receivedAt),
    });
    return [language.say('queue.waiting', { n: waiting }), longest].join(' · ');
  }

  #makeRow({ session }) {
    return el('li', {}, el('span', { class: 'topic' }), el('span', { class: 'since' }),
      el('span', { class: 'hands' }, this.#app.hands.rowButtons(session)));
  }

  #updateRow(row, one) {
    const { client, language, hands } = this.#app;
    const [topic, since] = row.children;
    topic.replaceChildren(...[levelBadge(one.level, language),
      el('bdi', {}, client.nameOfTopic(one.topic, language) ?? '—')].filter(Boolean));
    since.textContent = language.duration(client.now() - one.since);
    hands.name(row);
  }
}
