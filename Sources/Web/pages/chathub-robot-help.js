// What a customer can do with one touch while a robot answers: its quick replies, and the way to a
// human. Drawn by chathub-widget-panel.js between the conversation and the text field.
import { el, sheet } from './chathub-dom.js';

export const styles = [sheet(`
.help { display: flex; flex-wrap: wrap; gap: 7px; padding: 8px 14px 2px; }
.reply { border: 1px solid var(--ch-accent); border-radius: 16px; padding: 5px 13px;
  font-size: 14px; color: var(--ch-accent); background: var(--ch-surface); text-align: start;
  max-width: 100%; overflow-wrap: anywhere; }
.reply:hover:enabled { background: var(--ch-tint); color: var(--ch-on-tint); }
.human { font-size: 13.5px; padding: 5px 4px; }
.help p { flex-basis: 100%; margin: 0; font-size: 13px; color: var(--ch-warn); }`)];

export const WORDS = {
  en: {
    'robot.help': 'Suggestions',
    'robot.human': 'Talk to a human',
  },
  'zh-CN': {
    'robot.help': '快捷选项',
    'robot.human': '转人工',
  },
};

export class Part {
  node = el('div', { class: 'help', role: 'group', hidden: true });
  #panel;
  #drawn = '';
  #isAsking = false;
  /** Why the last request for a human was refused, and in which session. */
  #refusal = { code: null, session: null };

  constructor(panel) { this.#panel = panel; }

  draw() {
    const { client, conversation, language } = this.#panel;
    const replies = this.#replies(conversation);
    const isRobots = conversation?.state === 'bot';
    const code = this.#refusal.session === conversation?.id ? this.#refusal.code : null;
    const words = code && language.sayCode(code);
    const drawn = JSON.stringify([conversation?.id, replies, isRobots, words, this.#isAsking,
      language.tag]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.node.hidden = !isRobots && replies.length === 0;
    this.node.setAttribute('aria-label', language.say('robot.help'));
    this.node.replaceChildren(
      ...replies.map((text) => el('button', {
        class: 'reply', type: 'button', onclick: () => client.send(conversation, text),
      }, el('bdi', {}, text))),
      isRobots ? el('button', {
        class: 'link human', type: 'button', disabled: this.#isAsking,
        onclick: () => this.#askForHuman(),
      }, language.say('robot.human')) : '',
      words ? el('p', { role: 'status' }, words) : '',
    );
  }

  /** Those of the robot's newest message, until somebody says something else. */
  #replies(conversation) {
    if (!['bot', 'queued'].includes(conversation?.state)) return [];
    const last = conversation.log.messages.at(-1);
    return last?.from.role === 'bot' ? last.quick_replies ?? [] : [];
  }

  async #askForHuman() {
    const { client, conversation } = this.#panel;
    this.#isAsking = true;
    this.#refusal = { code: null, session: null };
    this.draw();
    try {
      await client.link.request({ type: 'session.human', session: conversation.id });
    } catch (error) {
      if (!error.code) throw error;
      this.#refusal = { code: error.code, session: conversation.id };
    } finally {
      this.#isAsking = false;
      this.draw();
    }
  }
}
