// The console by keyboard: its shortcuts, their overview, and arrow keys in lists. Letters are
// those of the key's place (`event.code`), so that Alt does not turn them into other signs. Used by
// chathub-console.js; an act that is not possible at the moment leaves the key to the browser.
import { el } from './chathub-dom.js';

/** `[keys as they are shown, code, name]`; `name` has words under `key.<name>`. */
const SHORTCUTS = [
  ['Alt A', 'KeyA', 'accept'], ['Alt X', 'KeyX', 'decline'],
  ['Alt ↓', 'ArrowDown', 'next'], ['Alt ↑', 'ArrowUp', 'previous'],
  ['Alt U', 'KeyU', 'unread'], ['Alt Q', 'KeyQ', 'queue'],
  ['Alt M', 'KeyM', 'write'], ['Alt N', 'KeyN', 'note'],
  ['Alt T', 'KeyT', 'transfer'], ['Alt I', 'KeyI', 'info'], ['Alt W', 'KeyW', 'end'],
];
const PLAIN = [['Enter', 'send'], ['?', 'help']];

/** `acts`: by name, a function or a false value. Listens until the page goes. */
export function watchKeys(app, acts) {
  document.addEventListener('keydown', (event) => {
    if (app.dialog.isOpen) return;
    const isWriting = event.composedPath()[0].matches?.('textarea, input, select');
    if (event.key === '?' && !isWriting) {
      event.preventDefault();
      showKeys(app);
    }
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    const name = SHORTCUTS.find(([, code]) => code === event.code)?.[2];
    const act = name && acts()[name];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

export function showKeys({ dialog, language }) {
  const rows = [...SHORTCUTS.map(([keys, , name]) => [keys, name]), ...PLAIN];
  dialog.show(language.say('help'), el('dl', { class: 'keys' }, rows.map(([keys, name]) => [
    el('dt', {}, el('kbd', {}, keys)), el('dd', {}, language.say(`key.${name}`)),
  ])), language.say('help.close'));
}

/**
 * Arrow keys, Home and End move the focus among the buttons of a list that `selector` finds. With
 * `isOneStop` Tab finds only one of them, the last that had the focus: call the answer after each
 * drawing, naming the one to begin with.
 */
export function moveByArrows(list, selector, isOneStop = false) {
  let stop = null;
  // Within a shadow root the document only knows its host.
  const focused = () => list.getRootNode().activeElement;
  const buttons = () => [...list.querySelectorAll(selector)].filter((one) => !one.hidden);
  const settle = (first = null) => {
    if (!isOneStop) return;
    const all = buttons();
    if (!all.includes(focused())) stop = first ?? (all.includes(stop) ? stop : all[0]);
    for (const one of all) one.tabIndex = one === stop ? 0 : -1;
  };
  list.addEventListener('focusin', ({ target }) => {
    if (!target.matches(selector)) return;
    stop = target;
    settle();
  });
  list.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const all = buttons();
    const index = all.indexOf(focused());
    const next = {
      ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: all.length - 1,
    }[event.key];
    if (index < 0 || next === undefined) return;
    event.preventDefault();
    all[Math.max(0, Math.min(next, all.length - 1))].focus();
  });
  return settle;
}
