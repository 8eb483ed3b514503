// Beside a chat: the customer. What is known of him and who said so, where he is, what a robot
// tried, how he rated. Agents write down what they learn. Everything here came from outside and
// goes in as text. Used by chathub-console.js.
import { textOf, valueOf } from './chathub-attributes.js';
import { avatar, customerName, facts, levelBadge, valueInWords }
  from './chathub-console-people.js';
import { pastRows, readPast } from './chathub-console-past.js';
import { tagSection } from './chathub-console-tags.js';
import { el, icon } from './chathub-dom.js';

const isWebAddress = (text) => /^https?:\/\//.test(text) && URL.canParse(text);

export class ConsoleCustomer {
  node = el('aside', { class: 'info', hidden: true });
  #app;
  /** By customer: what the hub keeps of him, once it was asked. */
  #records = new Map();
  /** By customer: `{sessions, more}` of his past, as far as it was asked. */
  #pasts = new Map();
  #shown = '';

  /** `app`: `client`, `language`, `selected`, `settings`, `dialog`, `attempt(act)`, `hands`. */
  constructor(app) { this.#app = app; }

  /** Asks anew what the hub keeps of the customer; what was known stays until then. */
  open(chat) {
    const id = chat?.customer?.id;
    if (!id) return;
    const { client } = this.#app;
    this.#ask(() => client.readCustomer(id), (record) => this.#records.set(id, record));
    this.#ask(() => client.pastOf(id), (past) => this.#pasts.set(id, past));
  }

  async #ask(request, keep) {
    try {
      keep(await request());
      this.draw();
    } catch (error) {
      // The session went away meanwhile, or the connection did: there is nothing to show.
      if (!error.code) throw error;
    }
  }

  recordOf(customer) { return this.#records.get(customer) ?? null; }

  draw() {
    const { selected: chat, language, settings } = this.#app;
    this.node.hidden = !chat || !settings.get('panel');
    if (this.node.hidden) return;
    const record = this.#records.get(chat.customer?.id);
    const shown = JSON.stringify([chat.id, chat.isOpen, chat.isOtherThere, chat.customer,
      chat.level, chat.topic, chat.group, chat.rating, chat.handover, chat.tags, chat.disposition,
      record, language.tag, this.#pasts.get(chat.customer?.id)]);
    if (this.#shown === shown) return;
    this.#shown = shown;
    const scroll = this.node.scrollTop;
    this.node.setAttribute('aria-label', language.say('info'));
    this.node.replaceChildren(...this.#head(chat), tagSection(this.#app, chat),
      this.#known(chat, record), this.#robot(chat), this.#past(chat),
      this.#relations(chat, record), this.#visit(chat));
    this.node.scrollTop = scroll;
  }

  #take(record) {
    this.#records.set(record.id, record);
    this.draw();
  }

  #head(chat) {
    const { language, hands, togglePanel } = this.#app;
    const { id } = chat.customer ?? {};
    const state = chat.isOpen && (chat.isOtherThere ? 'here' : 'away');
    return [el('header', {}, avatar(chat),
      el('div', {}, el('h2', {}, el('bdi', {}, customerName(chat, language))),
        el('p', { class: 'id' }, el('bdi', {}, id ?? '')),
        state && el('p', { class: `presence ${state}` }, language.say(state))),
      el('button', {
        class: 'icon-button close', type: 'button', 'aria-label': language.say('info.close'),
        title: language.say('info.close'), onclick: togglePanel,
      }, icon('close'))),
    el('p', { class: 'chips' },
      levelBadge(chat.level, language)
        ?? el('span', { class: 'level ordinary' }, language.say('ordinary')),
      el('button', { class: 'link', type: 'button', onclick: () => hands.why(chat.id) },
        language.say('why.title')))];
  }

  /** A part of the panel; null without rows. A row: `[name, value, more nodes]`. */
  #section(title, rows, ...more) {
    const there = rows.filter((row) => row && !['', null, undefined, false].includes(row[1]));
    if (there.length === 0 && more.flat().length === 0) return '';
    return el('section', {}, el('h3', {}, title), el('dl', {}, there.map(([name, value, extra]) => [
      el('dt', {}, el('bdi', {}, name)),
      el('dd', {}, isWebAddress(String(value)) ? webLink(value) : el('bdi', {}, value), extra),
    ])), more);
  }

  #known(chat, record) {
    const { language } = this.#app;
    const rows = facts(chat.customer?.profile, record).map(({ name, value, origin }) => [
      language.has(`info.${name}`) ? language.say(`info.${name}`) : name, valueInWords(value),
      [origin === 'page' && el('span', { class: 'origin' }, language.say('info.page')),
        origin === 'known' && this.#editButton(chat, name, value)],
    ]);
    const add = record && el('button', {
      class: 'link', type: 'button', onclick: () => this.#write(chat),
    }, language.say('info.add'));
    const more = record?.more_attributes
      && el('p', { class: 'soft' }, language.say('info.more', { n: record.more_attributes }));
    const none = rows.length === 0 && el('p', { class: 'soft' }, language.say('info.nothing'));
    return this.#section(language.say('info.known'), rows, ...[none, more, add].filter(Boolean));
  }

  #editButton(chat, name, value) {
    const words = this.#app.language.say('info.edit', { name });
    return el('button', {
      class: 'icon-button edit', type: 'button', 'aria-label': words, title: words,
      onclick: () => this.#write(chat, name, value),
    }, icon('edit', 15));
  }

  #visit({ customer, topic, channel, group, id }) {
    const { client, language } = this.#app;
    const { page = {}, locale } = customer?.profile ?? {};
    return this.#section(language.say('info.visit'), [
      ['info.topic', client.nameOfTopic(topic, language)],
      ['info.group', client.nameOfGroup(group)],
      ['info.channel', wordsOf('channel', channel, language)],
      ['info.url', page.url], ['info.title', page.title], ['info.referrer', page.referrer],
      ['info.device', wordsOf('device', page.device, language)],
      ['info.locale', nameOfLanguage(locale, language)], ['info.session', id],
    ].map(([key, value]) => [language.say(key), value]));
  }

  /** Why a robot gave the customer up, and what he asked it last. */
  #robot({ handover }) {
    if (!handover) return '';
    const { language } = this.#app;
    const { reason, said, misses, questions = [] } = handover;
    const known = `handover.${reason}`;
    return this.#section(language.say('info.robot'), [
      [language.say('info.handover'), language.has(known) ? language.say(known) : reason],
      [language.say('info.said'), said],
      [language.say('info.misses'), misses > 0 ? String(misses) : null],
      [language.say('info.questions'), questions.join(' · ')],
    ]);
  }

  #relations(chat, record) {
    const { client, language } = this.#app;
    const ratings = [...(record?.ratings ?? [])];
    const now = chat.rating;
    return this.#section(language.say('info.relations'), [
      record && this.#ownAgent(chat, record),
      [language.say('info.last'), record?.last_agent && client.nameOfAgent(record.last_agent)],
      ...(now ? [[language.say('info.rated'), stars(now.score), now.comment
        && el('q', {}, now.comment)]] : []),
      ...ratings.map(({ agent, score, at }) => [client.nameOfAgent(agent), stars(score),
        el('span', { class: 'soft' }, language.date(at))]),
    ]);
  }

  /** The row of the agent who is his own; supervisors may give him another one. */
  #ownAgent({ customer }, { dedicated_agent: own }) {
    const { client, language } = this.#app;
    const words = language.say('info.setAgent');
    const mayChange = client.role === 'supervisor';
    return [language.say('info.dedicated'),
      own ? client.nameOfAgent(own) : mayChange && language.say('info.noAgent'),
      mayChange && el('button', {
        class: 'icon-button edit', type: 'button', 'aria-label': words, title: words,
        onclick: () => this.#chooseAgent(customer.id, own),
      }, icon('edit', 15))];
  }

  async #chooseAgent(customer, own = '') {
    const { client, dialog, language, attempt } = this.#app;
    let agents = null;
    if (!await attempt(async () => { agents = await client.colleagues(); })) return;
    if (own && !agents.some(({ id }) => id === own)) agents.push({ id: own });
    const option = (value, words) => el('option', { value, selected: value === own }, words);
    const answer = await dialog.ask({
      title: language.say('info.setAgent'),
      body: el('label', { class: 'field' }, language.say('info.dedicated'),
        el('select', { name: 'agent' }, option('', language.say('info.noAgent')),
          agents.map(({ id }) => option(id, client.nameOfAgent(id))))),
      acts: [['save', language.say('save'), 'primary']],
      dismiss: language.say('cancel'),
    });
    const wanted = answer?.data.get('agent') ?? own;
    if (wanted === own) return;
    await attempt(async () => {
      this.#take(await client.writeCustomer(customer, { dedicated_agent: wanted }));
    });
  }

  #past(chat) {
    const { client, language } = this.#app;
    const past = this.#pasts.get(chat.customer?.id);
    if (!past) return '';
    const earlier = past.sessions.filter((one) => one.session !== chat.id);
    const open = (one) => readPast(this.#app, one, (from) => (
      from.role === 'customer' ? customerName(chat, language)
        : from.name ?? client.nameOfAgent(from.id)));
    return el('section', {}, el('h3', {}, language.say('past')),
      earlier.length ? pastRows(earlier, this.#app, open)
        : el('p', { class: 'soft' }, language.say('past.none')),
      past.more && el('button', {
        class: 'link', type: 'button', onclick: () => this.#morePast(chat.customer.id, past),
      }, language.say('past.more')));
  }

  async #morePast(id, { sessions }) {
    const { client, attempt } = this.#app;
    await attempt(async () => {
      const older = await client.pastOf(id, sessions.at(-1).at);
      this.#pasts.set(id, { ...older, sessions: [...sessions, ...older.sessions] });
      this.draw();
    });
  }

  /** Writes an attribute down, or takes it away; a name of its own when none is given. */
  async #write(chat, name = '', value = undefined) {
    const { client, dialog, language, attempt } = this.#app;
    const answer = await dialog.ask({
      title: name ? language.say('info.edit', { name }) : language.say('info.add'),
      body: [
        el('label', { class: 'field' }, language.say('info.field'), el('input', {
          name: 'name', value: name, required: true, maxlength: 64, autocomplete: 'off',
          readonly: name !== '',
        })),
        el('label', { class: 'field' }, language.say('info.value'), el('input', {
          name: 'value', value: textOf(value), maxlength: 1000, autocomplete: 'off',
          autofocus: name !== '', required: name === '',
        })),
        el('p', { class: 'soft' }, language.say('info.trusted')),
      ],
      acts: [['save', language.say('save'), 'primary'],
        name && ['remove', language.say('remove'), 'danger']].filter(Boolean),
      dismiss: language.say('cancel'),
    });
    if (!answer) return;
    const field = answer.data.get('name').trim();
    const text = answer.data.get('value').trim();
    const change = answer.act === 'remove' || text === ''
      ? { remove: [field] } : { attributes: { [field]: valueOf(text, value) } };
    await attempt(async () => {
      this.#take(await client.writeCustomer(chat.customer.id, change));
    });
  }
}

const webLink = (address) => el('a', {
  href: address, target: '_blank', rel: 'noopener noreferrer nofollow',
}, el('bdi', {}, address));

const stars = (score) => `${'★'.repeat(score)}${'☆'.repeat(Math.max(0, 5 - score))}`;

/** What we have words for in the reader's language; what we do not know stays as it came. */
const wordsOf = (kind, value, language) => (language.has(`${kind}.${value}`)
  ? language.say(`${kind}.${value}`) : value);

/** `en` as "English"; what is no language at all stays as the page sent it. */
function nameOfLanguage(locale, { tag }) {
  if (!locale) return locale;
  try {
    return new Intl.DisplayNames(tag, { type: 'language' }).of(locale);
  } catch {
    return locale;
  }
}
