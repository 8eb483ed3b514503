// The messages customers left for a group: how many, since when, and the first ones to take. A part
// of the console's queues (chathub-console-lists.js).
import { levelBadge } from './chathub-console-people.js';
import { el } from './chathub-dom.js';

const ROWS = 5;

/** Nothing while there is none. `app`: `client`, `language`, `takeMessage(message)`. */
export function leftMessages(app, queue) {
  const { client, language } = app;
  const { left } = queue ?? {};
  if (!left?.count) return null;
  const waited = (since) => language.duration(client.now() - since);
  const shown = left.head.slice(0, ROWS);
  const rows = shown.map(({ message, level, topic, since }) => {
    const what = topic ?? '—';
    return el('li', {},
      el('span', { class: 'topic' }, levelBadge(level, language), el('bdi', {}, what)),
      el('span', {}, waited(since)),
      el('button', {
        class: 'link', type: 'button', onclick: () => app.takeMessage(message),
        'aria-label': language.say('left.takeLabel', { what, time: waited(since) }),
      }, language.say('left.take')));
  });
  if (left.count > shown.length) {
    const n = left.count - shown.length;
    rows.push(el('li', { class: 'rest' }, language.say('queue.more', { n })));
  }
  return el('div', { class: 'left-messages' },
    el('h4', {}, language.say('left.count', { n: left.count })), el('ol', {}, rows));
}
