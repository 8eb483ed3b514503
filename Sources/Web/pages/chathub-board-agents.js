// Who is there: a table of agents by what they show, with what each holds, and the way to set it.
// Used by chathub-board.js.
import { setStatusOf } from './chathub-board-status.js';
import { write } from './chathub-board-top.js';
import { Rows } from './chathub-console-rows.js';
import { el } from './chathub-dom.js';

const COLUMNS = ['agent', 'status', 'load', 'groups', 'act'];
const ORDER = ['online', 'busy', 'away', 'dropped_off', 'offline'];

/** What an agent shows: his status, unless his connections say otherwise. */
export function standingOf({ status, reachability }) {
  if (status === 'offline' || reachability === 'gone') return 'offline';
  return reachability === 'grace' ? 'dropped_off' : status;
}

export class BoardAgents {
  #app;
  #title = el('h2');
  #caption = el('caption', { class: 'unseen' });
  #heads = COLUMNS.map((key) => el('th', { scope: 'col', class: key }));
  #body = el('tbody');
  #none = el('p', { class: 'none' });
  #rows;
  #board;

  constructor(app) {
    this.#app = app;
    this.#rows = new Rows(this.#body, (agent) => this.#make(agent),
      (row, agent) => this.#update(row, agent));
    this.node = el('section', { class: 'agents' }, this.#title,
      el('div', { class: 'table-box' }, el('table', {}, this.#caption,
        el('thead', {}, el('tr', {}, this.#heads)), this.#body)), this.#none);
  }

  speak() {
    const { language } = this.#app;
    write(this.#title, language.say('agents'));
    write(this.#caption, language.say('agents.caption'));
    write(this.#none, language.say('agents.none'));
    this.#heads.forEach((head, index) => write(head, language.say(`agents.${COLUMNS[index]}`)));
    for (const row of this.#body.children) this.#name(row);
  }

  draw(board) {
    this.#board = board;
    const rank = (agent) => ORDER.indexOf(standingOf(agent));
    const name = (agent) => agent.name ?? agent.id;
    this.#rows.draw([...board.agents].sort((left, right) => rank(left) - rank(right)
      || name(left).localeCompare(name(right))));
    this.#none.hidden = board.agents.length > 0;
    this.node.querySelector('.table-box').hidden = board.agents.length === 0;
  }

  #make({ id }) {
    const { open } = this.#app;
    const row = el('tr');
    const button = (act) => el('button', { class: 'link', type: 'button', onclick: act });
    row.parts = {
      name: el('bdi'),
      status: el('td', { class: 'status' }),
      words: el('span'),
      reason: el('span', { class: 'soft' }),
      load: el('span'),
      bar: el('i', { class: 'bar', 'aria-hidden': 'true' }),
      groups: el('td', { class: 'groups' }),
      set: button(() => setStatusOf(this.#app, this.#board.agents.find((one) => one.id === id))),
      open: button(() => open({ agent: id }, row.parts.name.textContent)),
    };
    const { parts } = row;
    parts.status.append(el('i', { 'aria-hidden': 'true' }), parts.words, ' ', parts.reason);
    row.append(el('th', { scope: 'row' }, parts.name), parts.status,
      el('td', { class: 'load' }, el('span', { class: 'held' }, parts.bar, parts.load)),
      parts.groups, el('td', { class: 'act' }, parts.set, parts.open));
    this.#name(row);
    return row;
  }

  #name({ parts }) {
    write(parts.open, this.#app.language.say('agents.open'));
    write(parts.set, this.#app.language.say('agents.set'));
  }

  #update({ parts }, agent) {
    const { client, language } = this.#app;
    const standing = standingOf(agent);
    const by = agent.by && language.say('agents.by', { name: client.nameOfAgent(agent.by) });
    const since = agent.since_s === undefined ? null : language.duration(agent.since_s * 1000);
    write(parts.name, agent.name ?? agent.id);
    parts.status.dataset.status = standing;
    write(parts.words, language.say(standing === 'dropped_off' ? 'standing.dropped_off'
      : `status.${standing}`));
    write(parts.reason, [agent.reason, since, by].filter(Boolean).join(' · '));
    write(parts.load, `${agent.held} / ${agent.capacity}`);
    parts.bar.style.setProperty('--part', String(Math.min(1, agent.held / agent.capacity)));
    parts.bar.classList.toggle('full', agent.held >= agent.capacity);
    write(parts.groups, agent.groups.map((id) => (
      this.#board.groups.find((group) => group.group === id)?.name ?? id)).join(' · '));
    const name = agent.name ?? agent.id;
    parts.open.setAttribute('aria-label', language.say('agents.openOf', { name }));
    parts.set.setAttribute('aria-label', language.say('agents.setOf', { name }));
  }
}
