// The sessions behind a figure, beside the board: who waits or talks, since when, and what a
// supervisor can do about it. Read again with every board while it is open. Used by
// chathub-board.js.
import { write } from './chathub-board-top.js';
import { askWhom } from './chathub-console-colleagues.js';
import { Rows } from './chathub-console-rows.js';
import { whyNodes } from './chathub-console-why.js';
import { el, icon } from './chathub-dom.js';

/** Not more often, however fast boards come. */
const AGAIN_MILLISECONDS = 4000;

export class BoardSessions {
  #app;
  #title = el('h2', { id: 'sessions-title', tabindex: '-1' });
  #list = el('ol');
  #none = el('p', { class: 'none' });
  #more = el('button', { class: 'button', type: 'button', onclick: () => this.#readMore() });
  #close;
  #rows;
  #filter = null;
  #name = '';
  #found = [];
  #next = null;
  /** So many pages were asked for. */
  #pages = 1;
  #readAt = 0;
  #isReading = false;
  #cameFrom = null;

  constructor(app) {
    this.#app = app;
    this.#rows = new Rows(this.#list, (one) => this.#make(one),
      (row, one) => this.#update(row, one));
    this.#close = el('button', {
      class: 'icon-button', type: 'button', onclick: () => this.close(),
    }, icon('close'));
    this.node = el('aside', {
      class: 'sessions', 'aria-labelledby': 'sessions-title', hidden: true,
    }, el('header', {}, this.#title, this.#close), this.#none, this.#list, this.#more);
  }

  speak() {
    const { language } = this.#app;
    this.#close.setAttribute('aria-label', language.say('sessions.close'));
    write(this.#none, language.say('sessions.none'));
    write(this.#more, language.say('sessions.more'));
    this.#rows.draw([]);
    this.#drawList();
  }

  async open(filter, name) {
    this.#cameFrom = document.activeElement;
    this.#filter = filter;
    this.#name = name;
    this.#pages = 1;
    this.#found = [];
    this.#next = null;
    this.node.hidden = false;
    this.#title.focus();
    await this.#read();
  }

  close() {
    this.node.hidden = true;
    this.#filter = null;
    if (this.#cameFrom?.isConnected) this.#cameFrom.focus();
  }

  draw() {
    if (this.#filter && Date.now() - this.#readAt >= AGAIN_MILLISECONDS) this.#read();
  }

  #readMore() {
    this.#pages += 1;
    return this.#read();
  }

  /** All pages that were asked for, anew. */
  async #read() {
    const filter = this.#filter;
    if (this.#isReading || !filter) return;
    this.#isReading = true;
    this.#readAt = Date.now();
    try {
      await this.#app.attempt(async () => {
        let page = { next: undefined };
        const found = [];
        for (let k = 0; k < this.#pages && (k === 0 || page.next); k += 1) {
          page = await this.#app.client.list({ ...filter, after: page.next });
          found.push(...page.sessions);
        }
        if (filter !== this.#filter) return;
        this.#found = [...new Map(found.map((one) => [one.session, one])).values()];
        this.#next = page.next ?? null;
      });
    } finally {
      this.#isReading = false;
    }
    if (this.#filter && this.#filter !== filter) this.#read();
    this.#drawList();
  }

  #drawList() {
    write(this.#title, this.#name);
    this.#none.hidden = this.#found.length > 0;
    this.#more.hidden = !this.#next;
    this.#rows.draw(this.#found.map((one) => ({ ...one, id: one.session })));
  }

  #make({ session }) {
    const { language } = this.#app;
    const button = (key, act) => el('button', { class: 'link', type: 'button', onclick: act },
      language.say(key));
    const row = el('li', { class: 'session' });
    row.parts = {
      name: el('bdi'),
      level: el('span', { class: 'level' }),
      state: el('span', { class: 'state' }),
      topic: el('p', { class: 'topic' }),
      since: el('p', { class: 'soft' }),
      acts: this.acts.map(([key, act, isShown]) => ({
        isShown, node: button(key, () => act(row.session)),
      })),
    };
    const { parts } = row;
    row.session = session;
    row.append(el('h3', {}, parts.name, parts.level, parts.state), parts.topic, parts.since,
      el('p', { class: 'acts' }, parts.acts.map(({ node }) => node)));
    return row;
  }

  /** `[words, act(session), when]`: what can be done with one. */
  acts = [
    ['watch', (session) => this.#app.watch(session), () => true],
    ['why', (session) => this.#why(session), () => true],
    ['assign', (session) => this.#assign(session),
      ({ state }) => ['queued', 'offered', 'active'].includes(state)],
    ['take', (session) => this.#app.takeOver(session),
      ({ state }) => ['queued', 'offered', 'active'].includes(state)],
  ];

  #update({ parts }, one) {
    const { client, language } = this.#app;
    write(parts.name, this.#app.customerName(one.customer));
    write(parts.level, one.level > 0 ? language.say('level', { n: one.level })
      : language.say('ordinary'));
    parts.level.classList.toggle('ordinary', one.level === 0);
    write(parts.state, language.say(`state.${one.state}`));
    parts.state.dataset.state = one.state;
    const group = client.board?.groups.find(({ group: id }) => id === one.group)?.name ?? one.group;
    write(parts.topic, [client.nameOfTopic(one.topic, language), group,
      one.agent && (one.agent.name ?? one.agent.id)].filter(Boolean).join(' · '));
    const time = language.duration(client.now() - one.since);
    write(parts.since, [language.say(one.state === 'queued' || one.state === 'offered'
      ? 'sessions.waits' : 'sessions.since', { time }),
    !one.customer.connected && language.say('away')].filter(Boolean).join(' · '));
    for (const { isShown, node } of parts.acts) node.hidden = !isShown(one);
  }

  // What a supervisor can do

  #why(session) {
    const { client, dialog, language, attempt } = this.#app;
    return attempt(async () => {
      const explanation = await client.explain(session);
      dialog.show(language.say('why.title'), whyNodes(explanation, language),
        language.say('help.close'), 'wide');
    });
  }

  async #assign(session) {
    const { client, language, attempt } = this.#app;
    const given = await askWhom(this.#app, {
      title: language.say('assign.title'),
      yes: language.say('assign'),
      body: el('label', { class: 'setting' },
        el('input', { type: 'checkbox', name: 'over' }), language.say('assign.over')),
      mayBeFull: true,
      without: [client.me?.id],
    });
    if (!given) return;
    await attempt(() => client.assign(session, given.agent, given.data.has('over')));
    await this.#read();
  }
}
