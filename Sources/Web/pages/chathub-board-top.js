// The head of the supervisor's pages: where one is, the way to the other pages, sound and language;
// and the alarms under it. Used by chathub-board.js and chathub-customers.js.
import './chathub-console-icons.js';
import { el, icon } from './chathub-dom.js';

const PAGES = ['board', 'customers', 'console'];

/** Writes a text only when it is another one: nothing moves that did not change. */
export function write(node, words) {
  if (node.textContent !== words) node.textContent = words;
}

export class BoardTop {
  #app;
  #links;
  #me = el('span', { class: 'me' });
  #sound;
  #switcher;
  #known = new Set();
  #said = el('p', { class: 'unseen', role: 'status' });
  #list = el('ul');
  #title = el('h2', { class: 'unseen' });
  /** The alarms. */
  alerts = el('section', { class: 'alerts', hidden: true }, this.#title, this.#list);

  /** `app`: `client`, `language`, `settings`, `attention`, `switchLanguage()`. `page`: this one. */
  constructor(app, page) {
    this.#app = app;
    this.#links = PAGES.map((name) => el('a', {
      href: `/${name}`, 'data-name': name, 'aria-current': name === page && 'page',
    }));
    this.#sound = el('button', {
      class: 'icon-button sound', type: 'button', onclick: () => this.#switchSound(),
    }, icon('bell'));
    this.#switcher = el('button', {
      class: 'icon-button language', type: 'button', onclick: () => app.switchLanguage(),
    });
    this.node = el('header', { class: 'top' }, el('strong', { class: 'brand' }, 'chathub'),
      el('nav', {}, this.#links), this.#me, page === 'board' && this.#sound, this.#switcher,
      this.#said);
  }

  speak() {
    const { client, language, settings } = this.#app;
    for (const link of this.#links) write(link, language.say(`nav.${link.dataset.name}`));
    this.node.querySelector('nav').setAttribute('aria-label', language.say('nav'));
    write(this.#switcher, language.say('language'));
    this.#switcher.setAttribute('aria-label', language.say('language.label'));
    write(this.#me, client.me ? `${client.me.name ?? client.me.id} · ${client.options.site}` : '');
    const isOn = settings?.get('sound') ?? false;
    this.#sound.setAttribute('aria-pressed', String(isOn));
    this.#sound.setAttribute('aria-label', language.say('alert.sound'));
    this.#sound.title = language.say(isOn ? 'alert.sound.on' : 'alert.sound.off');
    write(this.#title, language.say('alert.title'));
  }

  #switchSound() {
    const { settings, attention } = this.#app;
    settings.set('sound', !settings.get('sound'));
    if (settings.get('sound')) attention.try();
    this.speak();
  }

  /** Alarms stand as long as they last; one that begins is said, and rings. */
  draw(board) {
    const { attention, language } = this.#app;
    const alerts = [...board.alerts, ...board.groups.filter(isLeftAlone)
      .map(({ group, waiting }) => ({ kind: 'nobody', group, value: waiting }))];
    this.alerts.hidden = alerts.length === 0;
    const texts = alerts.map((alert) => this.#words(alert, board));
    const fresh = alerts.filter((alert) => !this.#known.has(keyOf(alert)));
    this.#known = new Set(alerts.map(keyOf));
    const shown = texts.join('\n');
    if (this.#list.dataset.shown !== shown) {
      this.#list.dataset.shown = shown;
      this.#list.replaceChildren(...texts.map((words) => el('li', {},
        el('span', { class: 'sign', 'aria-hidden': 'true' }, '!'), el('span', {}, words))));
    }
    if (fresh.length === 0) return;
    const words = fresh.map((alert) => this.#words(alert, board)).join('. ');
    write(this.#said, words);
    attention.tell('board', language.say('alert.title'), words);
  }

  #words({ kind, group, value, limit }, board) {
    const { language } = this.#app;
    const name = board.groups.find((one) => one.group === group)?.name ?? '';
    const isTime = kind === 'longest_wait';
    const say = (number) => (isTime ? language.duration(number * 1000) : number);
    return language.say(`alert.${kind}`, {
      name, value: say(value), limit: say(limit), n: kind === 'nobody' ? value : undefined,
    });
  }
}

/** Customers wait and nobody is there to take them: an alarm without any limit of the site. */
const isLeftAlone = ({ open, waiting, agents_online: online }) => open && waiting > 0
  && online === 0;

const keyOf = ({ kind, group }) => `${kind} ${group ?? ''}`;
