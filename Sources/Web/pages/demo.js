// The demo shop: two pages (`/` and `/orders`) of a small tea house that does not exist, to try the
// chat as a customer. `?level=7` in the address visits as a customer of that level; the hub reads
// it from the address as it would on any website. `#customer=TOKEN` visits as somebody signed in,
// for this tab: a real shop would get the token from its own server.
import { el } from './chathub-dom.js';
import { LANGUAGES, pickLanguage } from './chathub-language.js';
import { SafeStorage } from './chathub-outbox.js';
import { WORDS } from './demo-strings.js';

const LEVELS = [0, 1, 3, 5, 7, 9];
const storage = new SafeStorage(() => globalThis.localStorage);
const tabStorage = new SafeStorage(() => globalThis.sessionStorage);
const widgetTag = document.querySelector('script[data-site]');
const token = signedIn();
let language = pickLanguage(storage.get('shop:language'), navigator.languages);

/** The signed token of who is signed in, or null; it leaves the address at once. */
function signedIn() {
  const token = new URLSearchParams(location.hash.slice(1)).get('customer');
  if (token) {
    tabStorage.set('shop:token', token);
    history.replaceState(null, '', location.pathname + location.search);
  }
  return tabStorage.get('shop:token');
}

/** The name in a token, for the eyes of whom it belongs to; the hub judges it. */
function nameIn(token) {
  const bytes = Uint8Array.from(atob(token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')),
    (sign) => sign.charCodeAt(0));
  const { name, sub } = JSON.parse(new TextDecoder().decode(bytes));
  return name ?? sub;
}

const level = () => Number(new URLSearchParams(location.search).get('level')) || 0;

/** An address of the shop that keeps the level one visits with. */
function address(path, more = {}) {
  const query = new URLSearchParams({ ...(level() ? { level: level() } : {}), ...more });
  return query.size ? `${path}?${query}` : path;
}

/** Opens the chat about something; without a topic the widget asks. */
function ask(topic) {
  const widget = document.querySelector('chathub-widget');
  if (topic) widget?.setAttribute('topic', topic);
  else widget?.removeAttribute('topic');
  globalThis.chathub?.open();
}

function speak(tag) {
  language = tag;
  storage.set('shop:language', tag);
  document.documentElement.lang = tag;
  widgetTag.dataset.locale = tag;
  document.querySelector('chathub-widget')?.setAttribute('locale', tag);
  draw();
}

/** Forgets this visitor: the next chat is a stranger's. Several customers in one browser. */
function becomeSomebodyElse() {
  for (const name of storage.names('chathub:')) storage.remove(name);
  sessionStorage.clear();
  location.reload();
}

function header(words) {
  const other = LANGUAGES.find((tag) => tag !== language);
  const here = document.body.dataset.page;
  const link = (page, path) => el('a', {
    href: address(path), 'aria-current': here === page ? 'page' : null,
  }, words.nav[page]);
  return el('header', { class: 'top' },
    el('a', { class: 'brand', href: address('/') },
      el('img', { src: '/demo-leaf.svg', alt: '', width: 32, height: 32 }), words.brand),
    el('nav', { 'aria-label': words.nav.label }, link('shop', '/'), link('orders', '/orders')),
    el('button', {
      class: 'switch', type: 'button', lang: other, onclick: () => speak(other),
    }, words.other));
}

function shop(words) {
  const products = words.products.map(([picture, name, about, price]) => el('li', {},
    el('img', { src: `/demo-${picture}.svg`, alt: '', width: 240, height: 180, loading: 'lazy' }),
    el('h3', {}, name), el('p', {}, about),
    el('div', { class: 'buy' }, el('strong', {}, price),
      el('button', { type: 'button', onclick: () => ask('order') }, words.askAbout))));
  return el('main', {},
    el('section', { class: 'hero' }, el('h1', {}, words.hero), el('p', {}, words.heroMore),
      el('button', { class: 'primary', type: 'button', onclick: () => ask(null) },
        words.advice)),
    el('ul', { class: 'products' }, products));
}

function orders(words) {
  const rows = words.orders.map(([number, what, state, topic]) => el('li', {},
    el('div', {}, el('h3', {}, what), el('p', {}, `${words.number} ${number} · ${state}`)),
    el('button', { type: 'button', onclick: () => ask(topic) }, words.topics[topic])));
  return el('main', {}, el('h1', {}, words.nav.orders), el('ul', { class: 'orders' }, rows));
}

function tryOut(words) {
  const links = LEVELS.map((one) => el('a', {
    href: one ? `?level=${one}` : location.pathname,
    'aria-current': one === level() ? 'true' : null,
  }, one ? `VIP ${one}` : words.ordinary));
  return el('footer', { class: 'try' }, el('p', {}, words.tryOut),
    token ? el('p', {}, `${words.signedIn} `, el('strong', {}, nameIn(token))) : null,
    el('p', { class: 'levels' }, el('span', {}, words.visitAs), links),
    el('p', {}, el('button', { class: 'plain', type: 'button', onclick: becomeSomebodyElse },
      words.somebodyElse)));
}

function draw() {
  const words = WORDS[language];
  document.title = words.brand;
  const page = document.body.dataset.page === 'orders' ? orders(words) : shop(words);
  const widget = document.querySelector('chathub-widget');
  document.body.replaceChildren(header(words), page, tryOut(words), ...(widget ? [widget] : []));
}

if (token) widgetTag.dataset.token = token;
speak(language);
