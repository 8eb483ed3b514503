// The figures of this moment and of the last hour in one row, each with its definition for who
// points at it or comes to it with the keyboard. Used by chathub-board.js.
import { write } from './chathub-board-top.js';
import { el } from './chathub-dom.js';

let lastTerm = 0;

/**
 * A word with its definition: `{node, speak(language)}`. Shown while one points at it or it has
 * the focus; Escape puts it away.
 */
export function term(key) {
  lastTerm += 1;
  const id = `term-${lastTerm}`;
  const word = el('button', { class: 'term', type: 'button', 'aria-describedby': id });
  const tip = el('span', { class: 'tip', role: 'tooltip', id });
  const node = el('span', { class: 'defined' }, word, tip);
  word.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') node.classList.add('away');
  });
  for (const type of ['focus', 'pointerenter', 'click']) {
    word.addEventListener(type, () => node.classList.remove('away'));
  }
  return {
    node,
    speak(language) {
      write(word, language.say(`figure.${key}`));
      write(tip, language.say(`define.${key}`));
    },
  };
}

const sum = (list, key) => list.reduce((total, one) => total + (one[key] ?? 0), 0);

/** What each figure shows of a board: `[words, is something wrong]`. */
const FIGURES = {
  waiting: (board) => [String(board.sessions.queued ?? 0), has(board, 'waiting')],
  longest_wait: (board, language) => {
    const longest = Math.max(0, ...board.groups.map((group) => group.longest_wait_s));
    return [language.duration(longest * 1000), has(board, 'longest_wait')];
  },
  talking: (board) => [String(board.sessions.active ?? 0)],
  agents_online: (board) => {
    const here = board.agents.filter(isHere).length;
    return [`${here} / ${board.agents.length}`, here === 0 && (board.sessions.queued ?? 0) > 0];
  },
  free_slots: (board) => [String(board.agents.filter(isHere).reduce(
    (total, one) => total + Math.max(0, one.capacity - one.held), 0))],
  promise: (board) => [board.within_percent === undefined ? '–' : `${board.within_percent} %`],
  abandoned: (board) => {
    const gone = sum(board.minutes, 'abandoned');
    const all = gone + sum(board.minutes, 'assigned');
    const share = all > 0 ? ` · ${Math.round((100 * gone) / all)} %` : '';
    return [`${gone}${share}`, has(board, 'abandoned_rate')];
  },
  overtaking: (board, language) => [board.overtaking?.worst_s > 0
    ? language.duration(board.overtaking.worst_s * 1000) : '–'],
  left: (board) => [String(sum(board.groups, 'left'))],
};

const isHere = ({ status, reachability }) => status === 'online' && reachability === 'connected';
const has = (board, kind) => board.alerts.some((alert) => alert.kind === kind);

/** Figures that lead to the sessions behind them. */
const LEADS = { waiting: { state: 'queued' }, talking: { state: 'active' } };

export class BoardFigures {
  #app;
  #title = el('h2', { class: 'unseen' });
  #tiles = new Map();

  constructor(app) {
    this.#app = app;
    for (const key of Object.keys(FIGURES)) {
      const lead = LEADS[key];
      const value = lead ? el('button', {
        class: 'value', type: 'button',
        onclick: () => app.open(lead, app.language.say(`figure.${key}`)),
      }) : el('span', { class: 'value' });
      const name = term(key);
      this.#tiles.set(key, {
        name, value, node: el('div', { class: `figure ${key}` }, el('dt', {}, name.node),
          el('dd', {}, value)),
      });
    }
    this.node = el('section', { class: 'figures' }, this.#title,
      el('dl', {}, [...this.#tiles.values()].map(({ node }) => node)));
  }

  speak() {
    const { language } = this.#app;
    write(this.#title, language.say('figures'));
    for (const { name } of this.#tiles.values()) name.speak(language);
  }

  draw(board) {
    const { language } = this.#app;
    for (const [key, { value, node }] of this.#tiles) {
      const [words, isWrong] = FIGURES[key](board, language);
      write(value, words);
      node.classList.toggle('wrong', Boolean(isWrong));
      if (LEADS[key]) {
        value.setAttribute('aria-label',
          language.say('figure.lead', { name: language.say(`figure.${key}`), value: words }));
      }
    }
  }
}
