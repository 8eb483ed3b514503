// The queues: a tile a group, a bar a level. Used by chathub-board.js.
import { term } from './chathub-board-figures.js';
import { write } from './chathub-board-top.js';
import { Rows } from './chathub-console-rows.js';
import { el } from './chathub-dom.js';

const FACTS = ['agents_online', 'free_slots', 'left', 'promise'];

export class BoardQueues {
  #app;
  #title = el('h2');
  #list = el('ul', { class: 'tiles' });
  #rows;
  #board;

  constructor(app) {
    this.#app = app;
    this.#rows = new Rows(this.#list, (group) => this.#make(group),
      (row, group) => this.#update(row, group));
    this.node = el('section', { class: 'queues' }, this.#title, this.#list);
  }

  speak() {
    write(this.#title, this.#app.language.say('queues'));
    for (const row of this.#list.children) this.#name(row);
  }

  draw(board) {
    this.#board = board;
    this.#rows.draw(board.groups.map((group) => ({ ...group, id: group.group })));
  }

  #make({ group }) {
    const { open } = this.#app;
    const row = el('li', { class: 'tile' });
    row.parts = {
      name: el('bdi'),
      closed: el('span', { class: 'badge' }),
      count: el('button', {
        class: 'count', type: 'button',
        onclick: () => open({ group, state: 'queued' }, row.parts.name.textContent),
      }),
      longest: el('span', { class: 'longest' }),
      levels: el('ul', { class: 'levels' }),
      none: el('p', { class: 'none' }),
      facts: FACTS.map((key) => ({ key, term: term(key), value: el('dd') })),
    };
    const { parts } = row;
    row.append(
      el('h3', {}, parts.name, parts.closed),
      el('p', { class: 'now' }, parts.count, parts.longest),
      parts.levels, parts.none,
      el('dl', {}, parts.facts.map(({ key, term: word, value }) => el('div', { class: key },
        el('dt', {}, word.node), value))));
    this.#name(row);
    return row;
  }

  #name({ parts }) {
    const { language } = this.#app;
    write(parts.closed, language.say('queue.closed'));
    write(parts.none, language.say('queue.none'));
    for (const { term: word } of parts.facts) word.speak(language);
  }

  #update(row, group) {
    const { language } = this.#app;
    const { parts } = row;
    const alarms = this.#board.alerts.filter((alert) => alert.group === group.group);
    write(parts.name, group.name);
    parts.closed.hidden = group.open;
    write(parts.count, String(group.waiting));
    parts.count.setAttribute('aria-label',
      language.say('queue.lead', { name: group.name, n: group.waiting }));
    row.classList.toggle('wrong', alarms.length > 0);
    row.classList.toggle('calm', group.waiting === 0);
    write(parts.longest, group.waiting === 0 ? language.say('queue.waits')
      : language.say('queue.longestOf', { time: language.duration(group.longest_wait_s * 1000) }));
    parts.none.hidden = group.waiting > 0;
    this.#drawLevels(parts.levels, group);
    const values = {
      agents_online: String(group.agents_online),
      free_slots: String(group.free_slots),
      left: String(group.left),
      promise: group.within_percent === undefined ? '–' : `${group.within_percent} %`,
    };
    for (const { key, value } of parts.facts) write(value, values[key]);
    parts.facts[1].value.classList.toggle('full', group.free_slots === 0 && group.waiting > 0);
  }

  /** The most important level first. */
  #drawLevels(list, { levels, waiting }) {
    const { language } = this.#app;
    const shown = JSON.stringify([levels, language.tag]);
    if (list.dataset.shown === shown) return;
    list.dataset.shown = shown;
    const names = Object.keys(levels).map(Number).sort((left, right) => right - left);
    list.replaceChildren(...names.map((level) => {
      const { waiting: count, longest_wait_s: longest } = levels[level];
      const bar = el('i', { 'aria-hidden': 'true' });
      bar.style.setProperty('--part', String(count / waiting));
      return el('li', { class: level > 0 ? 'vip' : '' },
        el('span', { class: `level ${level > 0 ? '' : 'ordinary'}` }, level > 0
          ? language.say('level', { n: level }) : language.say('ordinary')),
        bar, el('strong', {}, String(count)),
        el('span', { class: 'soft' }, language.duration(longest * 1000)));
    }));
  }
}
