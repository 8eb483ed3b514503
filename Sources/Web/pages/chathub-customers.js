// <chathub-customers>: what the business knows of its customers. Filter them by any attribute, look
// at one and change him, give many an agent of their own, load a file. The signed link's token is
// the board's and the console's: kept for this tab, never in the address.
import { textOf } from './chathub-attributes.js';
import { BOARD } from './chathub-board-strings.js';
import { BoardTop, write } from './chathub-board-top.js';
import { ConsoleDialog } from './chathub-console-dialog.js';
import { CustomersApi } from './chathub-customers-api.js';
import { assignMany } from './chathub-customers-assign.js';
import { CustomersFilter } from './chathub-customers-filter.js';
import { CustomersImport } from './chathub-customers-import.js';
import { showCustomer } from './chathub-customers-one.js';
import { CUSTOMERS } from './chathub-customers-strings.js';
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
const PAGE = 50;
/** Columns of attributes beside the fixed ones. */
const COLUMNS = 5;

class ChathubCustomers extends HTMLElement {
  api;
  /** Agents of the site: `[{id, name}]`. */
  agents = [];
  /** Who looks: for the head of the page. */
  client = null;
  language = this.#speaking('en');
  dialog = new ConsoleDialog();
  #top;
  #filter;
  #import;
  #parts = {};
  #found = [];
  #next = null;
  /** How many fit: a number, `failed`, or null while they are counted. */
  #count = null;
  /** Why there is nothing to show, as a key of the words; null when there is. */
  #problem = null;
  /** What the signed link says. */
  #link;
  /** Answers to an older question are not shown. */
  #asked = 0;

  connectedCallback() {
    document.adoptedStyleSheets = [tokens, pageTokens, controls, buttons];
    const who = agentOfLink(session);
    this.language = this.#speaking(
      pickLanguage(everywhere.get('chathub:console:language'), navigator.languages));
    if (who?.fault) {
      this.#showAlone(`link.${who.fault}`, `link.${who.fault}.text`);
      return;
    }
    if (who?.role !== 'supervisor') {
      if (who) this.#showAlone('board.forbidden', 'board.forbidden.text');
      else this.#showAlone('login.title', 'login.text');
      return;
    }
    this.#link = who;
    this.api = new CustomersApi(who);
    this.client = { me: { id: who.sub }, options: { site: who.site } };
    this.#build();
    this.#speak();
    this.attempt(async () => {
      this.agents = await this.api.agents();
      this.#draw();
    });
    this.search();
  }

  #showAlone(title, text) {
    this.replaceChildren(el('main', { class: 'alone' }, icon('chat', 44),
      el('h1', {}, this.language.say(title)), el('p', {}, this.language.say(text))));
  }

  switchLanguage = () => {
    const tag = this.language.tag === 'en' ? 'zh-CN' : 'en';
    everywhere.set('chathub:console:language', tag);
    this.language = this.#speaking(tag);
    this.#speak();
  };

  nameOf(agent) { return this.agents.find((one) => one.id === agent)?.name ?? agent; }

  /** Runs a request; what went wrong is said. Answers whether it was done. */
  attempt = async (act) => {
    try {
      await act();
      return true;
    } catch (error) {
      if (error.status === undefined) throw error;
      if (error.status === 401 && this.agents.length === 0) {
        const end = endOfLink(this.#link, 'unauthorized');
        this.#showAlone(`link.${end}`, `link.${end}.text`);
        return false;
      }
      this.say(this.language.say(`error.${error.status}`) === `error.${error.status}`
        ? this.language.say('error.other', { status: error.status, words: error.message })
        : this.language.say(`error.${error.status}`));
      return false;
    }
  };

  say(words) {
    const { toast } = this.#parts;
    toast.textContent = words;
    toast.hidden = false;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => { toast.hidden = true; }, 7000);
  }

  /** Those who fit the filter, from the first; how many there are comes a moment later. */
  search = async () => {
    this.#asked += 1;
    const asked = this.#asked;
    if (this.#filter.isDouble) {
      this.#show({ customers: [] }, 'filter.double');
      return;
    }
    const { where } = this.#filter;
    this.#count = null;
    this.#problem = null;
    this.#parts.body.setAttribute('aria-busy', 'true');
    this.#draw();
    let page = { customers: [] };
    const isFound = await this.attempt(async () => {
      page = await this.api.find({ where, limit: PAGE });
    });
    if (asked !== this.#asked) return;
    // Those of an older question are no answer to this one.
    this.#show(page, isFound ? null : 'customers.failed');
    if (this.#next) await this.#countAll(where, asked);
  };

  #show({ customers, next = null }, problem) {
    this.#problem = problem;
    this.#found = customers;
    this.#next = next;
    this.#count = next ? null : customers.length;
    this.#parts.body.removeAttribute('aria-busy');
    this.#draw();
  }

  async #countAll(where, asked) {
    let count = 'failed';
    await this.attempt(async () => {
      ({ count } = await this.api.find({ where, limit: 1, count: true }));
    });
    if (asked !== this.#asked) return;
    this.#count = count;
    this.#draw();
  }

  async #more() {
    const asked = this.#asked;
    const after = this.#next;
    await this.attempt(async () => {
      const page = await this.api.find({ where: this.#filter.where, limit: PAGE, after });
      // A second press asked for the same page.
      if (asked !== this.#asked || after !== this.#next) return;
      this.#found.push(...page.customers);
      this.#next = page.next ?? null;
      this.#draw();
    });
  }

  #speaking(tag) {
    document.documentElement.lang = tag;
    return new PageLanguage(tag, COMMON, CONSOLE, BOARD, CUSTOMERS);
  }

  #build() {
    this.#top = new BoardTop(this, 'customers');
    this.#filter = new CustomersFilter(this);
    this.#import = new CustomersImport(this);
    const parts = this.#parts;
    parts.title = el('h1');
    parts.count = el('p', { class: 'count', role: 'status' });
    parts.assign = el('button', {
      class: 'button primary', type: 'button',
      onclick: () => assignMany(this, this.#filter.where,
        this.#count === 'failed' ? null : this.#count),
    });
    parts.load = el('button', {
      class: 'button', type: 'button', onclick: () => this.#import.open(),
    });
    parts.caption = el('caption', { class: 'unseen' });
    parts.head = el('tr');
    parts.body = el('tbody');
    parts.none = el('p', { class: 'none' });
    parts.again = el('button', { class: 'button', type: 'button', onclick: () => this.search() });
    parts.more = el('button', { class: 'button', type: 'button', onclick: () => this.#more() });
    parts.toast = el('div', { class: 'toast', role: 'status', hidden: true });
    this.replaceChildren(this.#top.node,
      el('main', { class: 'board customers' },
        el('header', { class: 'page' }, parts.title, parts.load),
        this.#filter.node,
        el('div', { class: 'found' }, parts.count, parts.assign),
        el('div', { class: 'table-box' },
          el('table', {}, parts.caption, el('thead', {}, parts.head), parts.body)),
        parts.none, parts.again, parts.more),
      this.dialog.node, parts.toast);
  }

  #speak() {
    const { language } = this;
    const parts = this.#parts;
    this.#top.speak();
    this.#filter.speak();
    document.title = language.say('customers');
    write(parts.title, language.say('customers'));
    write(parts.load, language.say('load'));
    write(parts.assign, language.say('assign.many'));
    write(parts.caption, language.say('customers.caption'));
    write(parts.none, language.say('customers.none'));
    write(parts.more, language.say('sessions.more'));
    write(parts.again, language.say('message.retry'));
    this.#draw();
  }

  /** The attributes most of those shown have; those of the filter first. */
  #columns() {
    const counts = new Map();
    for (const { attributes } of this.#found) {
      for (const name of Object.keys(attributes)) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    const wanted = Object.keys(this.#filter.where).filter((name) => name !== 'dedicated_agent');
    const common = [...counts].sort((left, right) => right[1] - left[1]
      || left[0].localeCompare(right[0])).map(([name]) => name);
    return [...new Set([...wanted, ...common])].slice(0, Math.max(COLUMNS, wanted.length));
  }

  #draw() {
    const { language } = this;
    const parts = this.#parts;
    const columns = this.#columns();
    this.#filter.suggest(columns);
    write(parts.count, this.#countWords());
    parts.none.hidden = this.#count !== 0 || this.#problem !== null;
    parts.again.hidden = this.#problem !== 'customers.failed';
    parts.more.hidden = !this.#next;
    parts.assign.disabled = this.#found.length === 0 || this.#filter.isEmpty
      || this.#filter.isDouble;
    parts.assign.title = this.#filter.isEmpty ? language.say('assign.needsFilter') : '';
    this.querySelector('.table-box').hidden = this.#found.length === 0;
    parts.head.replaceChildren(...[language.say('customer.id'), language.say('customer.agent')]
      .map((words) => el('th', { scope: 'col' }, words)),
    ...columns.map((name) => el('th', { scope: 'col' }, el('bdi', {}, name))));
    const { activeElement: at } = document;
    const wanted = parts.body.contains(at) && at.textContent;
    parts.body.replaceChildren(...this.#found.map((one) => this.#row(one, columns)));
    // The row a person was at is another node now.
    const rows = wanted ? [...parts.body.querySelectorAll('button')] : [];
    rows.find((one) => one.textContent === wanted)?.focus();
  }

  #row(one, columns) {
    return el('tr', {},
      el('th', { scope: 'row' }, el('button', {
        class: 'link', type: 'button', onclick: () => showCustomer(this, one.id),
      }, el('bdi', {}, one.id))),
      el('td', {}, one.dedicated_agent ? el('bdi', {}, this.nameOf(one.dedicated_agent)) : '–'),
      columns.map((name) => el('td', {}, el('bdi', {}, textOf(one.attributes[name])))));
  }

  #countWords() {
    const { language } = this;
    if (this.#problem) return language.say(this.#problem);
    if (this.#count === null) return language.say('counting');
    const [key, n] = this.#count === 'failed' ? ['customers.atLeast', this.#found.length]
      : ['customers.count', this.#count];
    return language.say(key, { n: n === 1 ? n : n.toLocaleString(language.tag) });
  }
}

customElements.define('chathub-customers', ChathubCustomers);
document.body.append(document.createElement('chathub-customers'));
globalThis.addEventListener('hashchange', () => location.reload());
