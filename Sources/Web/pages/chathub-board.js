// <chathub-board>: what a supervisor looks at all day: alarms, the figures of this moment, queues
// by level, the last hour, who is there, and the sessions behind each of them. The signed link's
// token comes in the address's fragment as for the console, is kept for this tab and leaves the
// address at once.
//
// This element signs in and puts the parts together; each part draws itself from `app`, which is
// this element. Everything on it comes with one `board.update` every two seconds.
import { BoardAgents } from './chathub-board-agents.js';
import { MinuteChart } from './chathub-board-chart.js';
import { BoardClient } from './chathub-board-client.js';
import { BoardFigures } from './chathub-board-figures.js';
import { BoardQueues } from './chathub-board-queues.js';
import { BoardSessions } from './chathub-board-sessions.js';
import { BOARD } from './chathub-board-strings.js';
import { BoardTop } from './chathub-board-top.js';
import { BoardWatch } from './chathub-board-watch.js';
import { ConsoleAttention } from './chathub-console-attention.js';
import { ConsoleDialog } from './chathub-console-dialog.js';
import { ConsoleSettings } from './chathub-console-settings.js';
import { CONSOLE } from './chathub-console-strings.js';
import { buttons } from './chathub-buttons.js';
import { el, icon } from './chathub-dom.js';
import { pickLanguage } from './chathub-language.js';
import { agentOfLink, endOfLink } from './chathub-link.js';
import { SafeStorage } from './chathub-outbox.js';
import { COMMON } from './chathub-strings.js';
import { PageLanguage } from './chathub-page-language.js';
import { pageTokens } from './chathub-page-style.js';
import { controls, tokens } from './chathub-style.js';

const session = new SafeStorage(() => globalThis.sessionStorage);
const everywhere = new SafeStorage(() => globalThis.localStorage);

class ChathubBoard extends HTMLElement {
  client = null;
  language = new PageLanguage('en', COMMON, CONSOLE, BOARD);
  dialog = new ConsoleDialog();
  settings;
  attention;
  #parts;
  /** What the signed link says. */
  #link;
  #toast = el('div', { class: 'toast', role: 'status', hidden: true });
  #banner = el('div', { class: 'banner', role: 'status', hidden: true });
  #flow = new MinuteChart({
    name: 'flow',
    series: [{ key: 'abandoned', look: 'bars' }, { key: 'closed', look: 'line' },
      { key: 'assigned', look: 'line' }, { key: 'started', look: 'line' }],
  });
  #waits = new MinuteChart({ name: 'waits', series: [{ key: 'wait_p50_s', look: 'bars' }] });

  connectedCallback() {
    document.adoptedStyleSheets = [tokens, pageTokens, controls, buttons];
    const who = agentOfLink(session);
    this.language = this.#speaking(
      pickLanguage(everywhere.get('chathub:console:language'), navigator.languages));
    if (!who) {
      this.#showAlone('login.title', 'login.text');
      return;
    }
    if (who.fault) {
      this.#showAlone(`link.${who.fault}`, `link.${who.fault}.text`);
      return;
    }
    if (who.role !== 'supervisor') {
      this.#showAlone('board.forbidden', 'board.forbidden.text');
      return;
    }
    this.#link = who;
    const url = new URL('/v1/ws', location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    this.client = new BoardClient({
      url: url.href,
      site: who.site,
      role: who.role,
      token: who.token,
      storage: session,
      prefix: `chathub:${who.site}:${who.sub}:board:`,
      locale: this.language.tag,
      window: globalThis,
    });
    this.settings = new ConsoleSettings(everywhere, this.client.nameOf('settings'));
    this.attention = new ConsoleAttention(this.settings, () => {});
    this.#build();
    this.#speak();
    this.client.addEventListener('change', ({ detail }) => this.#change(detail));
    this.client.open();
    document.addEventListener('keydown', (event) => this.#key(event));
    setInterval(() => this.#drawBanner(), 1000);
  }

  switchLanguage = () => {
    const tag = this.language.tag === 'en' ? 'zh-CN' : 'en';
    everywhere.set('chathub:console:language', tag);
    this.language = this.#speaking(tag);
    // What was said in the other language is over.
    this.#toast.hidden = true;
    this.#speak();
  };

  /** Shows the sessions behind a figure. `filter`: state, group, agent; `title`: of what. */
  open = (filter, title) => this.#parts.sessions.open(filter, title);

  /** Looks on at a session, unseen by those in it. */
  watch = (id) => this.#parts.watch.open(id);

  /** Makes a session one's own, and goes where one talks. */
  takeOver = async (id) => {
    const { dialog, language, client } = this;
    const sure = await dialog.ask({
      title: language.say('take.sure'),
      body: [el('p', {}, language.say('take.text'))],
      acts: [['yes', language.say('take'), 'primary']],
      dismiss: language.say('cancel'),
    });
    if (!sure || !await this.attempt(() => client.takeOver(id))) return;
    const { site } = client.options;
    session.set(`chathub:${site}:${client.me.id}:selected`, id);
    location.assign('/console');
  };

  customerName(customer) {
    const id = customer?.id ?? '';
    return id.startsWith('v_') ? this.language.say('visitor', { n: id.slice(-4) }) : id;
  }

  nameOf = (from) => {
    if (from.role === 'customer') return this.customerName(from);
    return from.name ?? (from.role === 'bot' ? this.language.say('robot') : from.id);
  };

  /** Runs a request; a refusal is said, nothing else happens. Answers whether it was done. */
  attempt = async (act) => {
    try {
      await act();
      return true;
    } catch (error) {
      if (!error.code) throw error;
      this.say(this.language.sayCode(error.code));
      return false;
    }
  };

  say(words) {
    this.#toast.textContent = words;
    this.#toast.hidden = false;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => { this.#toast.hidden = true; }, 6000);
  }

  #speaking(tag) {
    document.documentElement.lang = tag;
    return new PageLanguage(tag, COMMON, CONSOLE, BOARD);
  }

  #showAlone(title, text) {
    this.replaceChildren(el('main', { class: 'alone' }, icon('chat', 44),
      el('h1', {}, this.language.say(title)), el('p', {}, this.language.say(text))));
  }

  #build() {
    const parts = {
      top: new BoardTop(this, 'board'),
      figures: new BoardFigures(this),
      queues: new BoardQueues(this),
      agents: new BoardAgents(this),
      sessions: new BoardSessions(this),
      watch: new BoardWatch(this),
    };
    this.#parts = parts;
    this.replaceChildren(parts.top.node, this.#banner,
      el('main', { class: 'board' }, parts.top.alerts, parts.figures.node, parts.queues.node,
        el('div', { class: 'charts' }, this.#flow.node, this.#waits.node), parts.agents.node),
      parts.sessions.node, parts.watch.node, this.dialog.node, this.#toast);
  }

  /** Everything that is written once per language. */
  #speak() {
    for (const part of Object.values(this.#parts)) part.speak?.();
    this.#flow.title.textContent = this.language.say('chart.flow');
    this.#waits.title.textContent = this.language.say('chart.waits');
    document.title = this.language.say('board.title');
    this.#draw();
  }

  /** Escape puts away what lies on top, wherever the focus is; a dialog sees to itself. */
  #key({ key }) {
    if (key !== 'Escape' || this.dialog.isOpen) return;
    const top = [this.#parts.watch, this.#parts.sessions].find(({ node }) => !node.hidden);
    top?.close();
  }

  #change(detail) {
    const { what, code } = detail;
    if (what === 'refused') this.say(this.language.sayCode(code));
    this.#parts.watch.change(detail);
    if (what === 'board') this.#draw();
    if (what === 'welcome') this.#parts.top.speak();
    this.#drawBanner();
    this.#drawEnd();
  }

  /** A link that never showed anything leaves nothing to look at but why. */
  #drawEnd() {
    const { board, connection: { name, code } } = this.client;
    const end = name === 'stopped' && !board && endOfLink(this.#link, code);
    if (end) this.#showAlone(`link.${end}`, `link.${end}.text`);
  }

  #draw() {
    const { board } = this.client;
    this.classList.toggle('empty-yet', !board);
    if (!board) return;
    for (const part of Object.values(this.#parts)) part.draw?.(board);
    this.#flow.draw(board.minutes, this.language);
    this.#waits.draw(board.minutes, this.language, { limit: board.within_s ?? null });
    const waiting = board.sessions.queued ?? 0;
    document.title = `${waiting ? `(${waiting}) ` : ''}${this.language.say('board.title')}`;
  }

  /** Figures that are old must not look new. */
  #drawBanner() {
    const { name, code } = this.client.connection;
    const age = this.client.board ? Date.now() - this.client.board.receivedAt : 0;
    const isStale = age > 25_000;
    const isLost = name === 'stopped' || (isStale && name !== 'ready');
    this.classList.toggle('stale', isStale);
    this.#banner.hidden = !isLost && !isStale;
    if (this.#banner.hidden) return;
    const words = name === 'stopped' ? this.language.sayCode(code)
      : this.language.say('board.stale', { time: this.language.duration(age) });
    if (this.#banner.textContent !== words) this.#banner.textContent = words;
  }
}

customElements.define('chathub-board', ChathubBoard);
document.body.append(document.createElement('chathub-board'));
// Another signed link opened in this tab: be that person from the start.
globalThis.addEventListener('hashchange', () => location.reload());
