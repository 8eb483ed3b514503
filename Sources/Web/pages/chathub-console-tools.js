// The buttons of an open chat: those that fit what one is in it. On a narrow window they are signs
// with a name. Used by chathub-console-chat.js.
import { el, icon } from './chathub-dom.js';

/** What may be done with a chat, by name: the buttons that are shown and the keys that work. */
export function mayDo(chat, client) {
  const standing = client.standing(chat);
  const isWatching = standing === 'watching';
  const isOwner = standing === 'owner' && chat.state === 'active';
  const isSupervisor = client.role === 'supervisor';
  return {
    transfer: isOwner && !chat.transfer,
    invite: isOwner
      || (chat.state === 'active' && isSupervisor && (isWatching || standing === 'joined')),
    join: isWatching && chat.isOpen,
    take: isWatching && chat.isOpen,
    unwatch: isWatching || (chat.isWatched && !chat.isOpen),
    leave: standing === 'joined',
    end: isOwner || (!chat.isOpen && !chat.isWatched),
    info: true,
  };
}

export class ChatTools {
  node = el('div', { class: 'tools' });
  #app;
  #buttons = new Map();

  /** `app`: `client`, `language`, `selected`, `settings`, `hands`, `end(c)`, `togglePanel()`. */
  constructor(app) {
    this.#app = app;
    const { hands } = app;
    const chat = () => app.selected;
    this.#add('transfer', 'hand', () => hands.transfer(chat()));
    this.#add('invite', 'people', () => hands.invite(chat()));
    this.#add('join', 'chat', () => hands.join(chat()));
    this.#add('take', 'take', () => hands.takeOver(chat()));
    this.#add('unwatch', 'close', () => hands.unwatch(chat()));
    this.#add('leave', 'end', () => hands.leave(chat()));
    this.#add('end', 'end', () => app.end(chat()));
    this.#add('info', 'person', () => app.togglePanel(), 'panel-button');
  }

  speak() {
    for (const [name, button] of this.#buttons) this.#name(button, this.#app.language.say(name));
  }

  draw(chat) {
    const { client, language, settings } = this.#app;
    const shown = mayDo(chat, client);
    for (const [name, button] of this.#buttons) button.hidden = !shown[name];
    this.#name(this.#buttons.get('end'), language.say(chat.isOpen ? 'end' : 'done'));
    this.#buttons.get('info').setAttribute('aria-pressed', String(settings.get('panel')));
  }

  #add(name, sign, act, look = '') {
    const button = el('button', { class: `button ${look}`, type: 'button', onclick: act },
      icon(sign, 18), el('span'));
    this.#buttons.set(name, button);
    this.node.append(button);
  }

  #name(button, words) {
    if (button.title === words) return;
    button.title = words;
    button.setAttribute('aria-label', words);
    button.lastChild.textContent = words;
  }
}
