// <chathub-robot-help>: what a customer can do with one touch while a robot answers: its quick
// replies, and the way to a human. Stands between the conversation and the text field; draws
// nothing otherwise.
//
//   const help = document.createElement('chathub-robot-help');
//   help.draw(conversation, language, client);      // after every change
import { el, sheet } from './chathub-dom.js';
import { controls } from './chathub-style.js';

const style = sheet(`
:host { display: block; padding: 0 14px; }
.help { display: flex; flex-wrap: wrap; gap: 7px; padding: 8px 0 2px; }
.reply { border: 1px solid var(--ch-accent); border-radius: 16px; padding: 5px 13px;
  font-size: 14px; color: var(--ch-accent); background: var(--ch-surface); text-align: start;
  max-width: 100%; overflow-wrap: anywhere; }
.reply:hover:enabled { background: var(--ch-tint); color: var(--ch-on-tint); }
.human { font-size: 13.5px; padding: 5px 4px; }
.refused { flex-basis: 100%; margin: 0; font-size: 13px; color: var(--ch-warn); }`);

export class ChathubRobotHelp extends HTMLElement {
  #root = null;
  #drawn = '';
  #isAsking = false;
  /** Why the last request for a human was refused, and in which session. */
  #refusal = { code: null, session: null };

  draw(conversation, language, client) {
    const replies = this.#replies(conversation);
    const isRobots = conversation?.state === 'bot';
    const code = this.#refusal.session === conversation?.id ? this.#refusal.code : null;
    const drawn = JSON.stringify([conversation?.id, replies, isRobots, code, this.#isAsking,
      language.tag]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#root ??= this.#build();
    this.hidden = !isRobots && replies.length === 0;
    this.#root.replaceChildren(el('div', {
      class: 'help', role: 'group', 'aria-label': language.say('robot.help'),
    },
    replies.map((text) => el('button', {
      class: 'reply', type: 'button', onclick: () => client.send(conversation, text),
    }, el('bdi', {}, text))),
    isRobots && el('button', {
      class: 'link human',
      type: 'button',
      disabled: this.#isAsking,
      onclick: () => this.#askForHuman(conversation, language, client),
    }, language.say('robot.human')),
    code && el('p', { class: 'refused', role: 'status' }, language.sayCode(code))));
  }

  #build() {
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [controls, style];
    return root;
  }

  /** Those of the robot's newest message, until somebody says something else. */
  #replies(conversation) {
    if (!['bot', 'queued'].includes(conversation?.state)) return [];
    const last = conversation.log.messages.at(-1);
    return last?.from.role === 'bot' ? last.quick_replies ?? [] : [];
  }

  async #askForHuman(conversation, language, client) {
    this.#isAsking = true;
    this.#refusal = { code: null, session: null };
    this.draw(conversation, language, client);
    try {
      await client.link.request({ type: 'session.human', session: conversation.id });
    } catch (error) {
      if (!error.code) throw error;
      this.#refusal = { code: error.code, session: conversation.id };
    } finally {
      this.#isAsking = false;
      this.draw(conversation, language, client);
    }
  }
}

if (!customElements.get('chathub-robot-help')) {
  customElements.define('chathub-robot-help', ChathubRobotHelp);
}
