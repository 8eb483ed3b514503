// A chart of the last hour, a column a minute, drawn by hand in SVG. It can be read with the
// pointer, with the arrow keys, and as a table. Used by chathub-board.js.
//
//   const chart = new MinuteChart({ series: [{ key: 'started', look: 'line' }, ...] });
//   chart.draw(minutes, language, { limit });
import { el } from './chathub-dom.js';

const SVG = 'http://www.w3.org/2000/svg';
const HEIGHT = 170;
const FRAME = { top: 10, right: 8, bottom: 22, left: 34 };
/** Half of what a time takes below the chart. Pixels. */
const HALF_CLOCK = 18;
/** Of the table: minutes a row. */
const STEP = 5;

function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** The least of 1, 2, 5, 10, 20... times four that holds `most`: a scale people can read. */
export function scaleOf(most) {
  const wanted = Math.max(1, most) / 4;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = [1, 2, 5, 10].find((one) => one * power >= wanted - 1e-9) * power;
  return Math.max(1, step) * 4;
}

export class MinuteChart {
  #series;
  #name;
  #plot = svg('svg', { class: 'plot', tabindex: '0', role: 'img', height: HEIGHT });
  #marks = svg('g');
  #cursor = svg('line', { class: 'cursor', visibility: 'hidden' });
  #legend = el('ul', { class: 'legend' });
  #moment = el('p', { class: 'moment' });
  #said = el('p', { class: 'unseen', role: 'status' });
  #table = el('table');
  #details = el('details', {}, el('summary'), this.#table);
  #at = null;
  #minutes = [];
  #language;
  #limit = null;
  #width = 0;

  /** `name`: of its words (`chart.NAME`). `series`: `{key, look}`, look `line` or `bars`. */
  constructor({ name, series }) {
    this.#name = name;
    this.#series = series;
    this.#plot.append(this.#marks, this.#cursor);
    this.#plot.addEventListener('pointermove', (event) => this.#point(event));
    this.#plot.addEventListener('pointerleave', () => this.#look(null));
    this.#plot.addEventListener('blur', () => this.#look(null));
    this.#plot.addEventListener('keydown', (event) => this.#key(event));
    this.title = el('h2');
    this.node = el('figure', { class: `chart ${name}` },
      el('figcaption', {}, this.title, this.#legend, this.#moment), this.#plot, this.#said,
      this.#details);
    new ResizeObserver(([{ contentRect }]) => {
      if (contentRect.width === this.#width || !this.#language) return;
      this.#redraw();
    }).observe(this.node);
  }

  /** `limit`: a value to draw a line at, or null. */
  draw(minutes, language, { limit = null } = {}) {
    this.#minutes = minutes;
    this.#language = language;
    this.#limit = limit;
    this.#redraw();
  }

  #redraw() {
    const language = this.#language;
    this.#width = Math.max(240, this.node.clientWidth);
    this.#plot.setAttribute('viewBox', `0 0 ${this.#width} ${HEIGHT}`);
    this.#plot.setAttribute('width', this.#width);
    const values = this.#series.flatMap(({ key }) => this.#minutes.map((one) => one[key] ?? 0));
    const top = scaleOf(Math.max(...values, this.#limit ?? 0));
    this.#marks.replaceChildren(...this.#grid(top), ...this.#series.flatMap(
      (series) => (series.look === 'bars' ? this.#bars(series, top) : [this.#line(series, top)])));
    if (this.#limit !== null) {
      const y = this.#y(this.#limit, top);
      this.#marks.append(svg('line', {
        class: 'limit', x1: FRAME.left, x2: this.#width - FRAME.right, y1: y, y2: y,
      }));
    }
    this.#plot.setAttribute('aria-label', this.#summary());
    this.#details.firstChild.textContent = language.say('chart.table');
    if (this.#details.open) this.#fillTable();
    else this.#details.ontoggle = () => this.#fillTable();
    this.#drawLegend();
  }

  #x(index) {
    const room = this.#width - FRAME.left - FRAME.right;
    return FRAME.left + (room * (index + 0.5)) / this.#minutes.length;
  }

  #y(value, top) {
    return HEIGHT - FRAME.bottom - ((HEIGHT - FRAME.top - FRAME.bottom) * value) / top;
  }

  #grid(top) {
    const nodes = [];
    for (let k = 0; k <= 4; k += 1) {
      const y = this.#y((top * k) / 4, top);
      nodes.push(svg('line', {
        class: 'grid', x1: FRAME.left, x2: this.#width - FRAME.right, y1: y, y2: y,
      }));
      if (k % 2 === 0) {
        nodes.push(svg('text', { x: FRAME.left - 7, y: y + 4, 'text-anchor': 'end' },
          String((top * k) / 4)));
      }
    }
    const every = this.#width < 420 ? 20 : 10;
    this.#minutes.forEach(({ at }, index) => {
      if (new Date(at).getMinutes() % every !== 0) return;
      // A minute at an edge has its whole time, too.
      const x = Math.min(this.#x(index), this.#width - HALF_CLOCK);
      nodes.push(svg('text', { x, y: HEIGHT - 5, 'text-anchor': 'middle' },
        this.#language.clock(at)));
    });
    return nodes;
  }

  #bars({ key }, top) {
    const width = Math.max(2, (this.#width / this.#minutes.length) * 0.62);
    return this.#minutes.flatMap((one, index) => {
      if (!one[key]) return [];
      const y = this.#y(one[key], top);
      return [svg('rect', {
        class: `bar ${key}`, x: this.#x(index) - width / 2, y, width, rx: Math.min(2, width / 3),
        height: Math.max(1, this.#y(0, top) - y),
      })];
    });
  }

  #line({ key }, top) {
    const points = this.#minutes.map((one, index) => `${this.#x(index)},${
      this.#y(one[key] ?? 0, top)}`);
    return svg('polyline', { class: `line ${key}`, points: points.join(' ') });
  }

  #drawLegend() {
    const shown = this.#at === null ? null : this.#minutes[this.#at];
    const value = (key) => (shown ? shown[key] ?? 0
      : this.#minutes.reduce((sum, one) => sum + (one[key] ?? 0), 0));
    this.#moment.textContent = shown ? this.#language.clock(shown.at)
      : this.#language.say(`chart.${this.#name}.all`);
    const isSum = this.#name === 'flow';
    this.#legend.replaceChildren(...this.#series.map(({ key }) => el('li', { class: key },
      el('i', { 'aria-hidden': 'true' }), this.#language.say(`figure.${key}`), ' ',
      (isSum || shown) && el('strong', {}, this.#say(key, value(key))))));
  }

  #say(key, value) {
    return key === 'wait_p50_s' ? this.#language.duration(value * 1000) : String(value);
  }

  /** What a screen reader says of the whole. */
  #summary() {
    const parts = this.#series.map(({ key }) => {
      const values = this.#minutes.map((one) => one[key] ?? 0);
      const number = this.#name === 'flow' ? values.reduce((sum, one) => sum + one, 0)
        : Math.max(...values);
      return `${this.#language.say(`figure.${key}`)} ${this.#say(key, number)}`;
    });
    return `${this.#language.say(`chart.${this.#name}`)}: ${parts.join(', ')}`;
  }

  // Looking closer

  #look(index) {
    this.#at = index;
    const isShown = index !== null;
    this.#cursor.setAttribute('visibility', isShown ? 'visible' : 'hidden');
    if (isShown) {
      const x = this.#x(index);
      for (const [name, value] of [['x1', x], ['x2', x], ['y1', FRAME.top],
        ['y2', HEIGHT - FRAME.bottom]]) this.#cursor.setAttribute(name, value);
    }
    this.#drawLegend();
  }

  #point(event) {
    const room = this.#width - FRAME.left - FRAME.right;
    const x = event.clientX - this.#plot.getBoundingClientRect().left - FRAME.left;
    const index = Math.floor((x / room) * this.#minutes.length);
    this.#look(Math.min(this.#minutes.length - 1, Math.max(0, index)));
  }

  #key(event) {
    const last = this.#minutes.length - 1;
    const at = this.#at ?? last;
    const next = {
      ArrowLeft: Math.max(0, at - 1), ArrowRight: Math.min(last, at + 1), Home: 0, End: last,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.#look(next);
    const one = this.#minutes[next];
    this.#said.textContent = `${this.#language.clock(one.at)}: ${this.#series.map(({ key }) => (
      `${this.#language.say(`figure.${key}`)} ${this.#say(key, one[key] ?? 0)}`)).join(', ')}`;
  }

  /** The same as rows of five minutes. */
  #fillTable() {
    if (!this.#details.open) return;
    const language = this.#language;
    const rows = [];
    for (let from = 0; from < this.#minutes.length; from += STEP) {
      const some = this.#minutes.slice(from, from + STEP);
      rows.push(el('tr', {}, el('th', { scope: 'row' }, language.clock(some[0].at)),
        this.#series.map(({ key }) => {
          const values = some.map((one) => one[key] ?? 0);
          const value = this.#name === 'flow' ? values.reduce((sum, one) => sum + one, 0)
            : Math.max(...values);
          return el('td', {}, this.#say(key, value));
        })));
    }
    this.#table.replaceChildren(
      el('caption', {}, language.say(`chart.${this.#name}.rows`)),
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, language.say('chart.from')),
        this.#series.map(({ key }) => el('th', { scope: 'col' },
          language.say(`figure.${key}`))))),
      el('tbody', {}, rows));
  }
}
