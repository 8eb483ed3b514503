// The end of a talk: whether the customer is sure, why it is over, and how to go on. Drawn by
// chathub-widget-panel.js below the conversation.
import { buttons } from './chathub-buttons.js';
import { el, sheet } from './chathub-dom.js';
import { newKey } from './chathub-outbox.js';

const REASONS = ['customer', 'agent', 'left', 'left_message', 'idle'];
/** There was no talk that could go on. */
const NEVER_BEGAN = ['left', 'left_message'];

export const styles = [buttons, sheet(`
.sure { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; padding: 10px 16px;
  background: var(--ch-sunken); font-size: 14px; }
.sure span { flex: 1 1 auto; }
.sure .button { padding: 5px 11px; background: var(--ch-surface); }
.sure .button.danger { background: var(--ch-bad-tint); }
.again { display: flex; flex-wrap: wrap; gap: 10px; font-size: 14px; color: var(--ch-soft);
  padding: 8px 14px calc(14px + env(safe-area-inset-bottom)); }
.again p { margin: 0; flex: 1 0 100%; text-align: center; }
.again .bad { color: var(--ch-bad); }
.again .button { flex: 1; padding: 10px 14px; }`)];

export const WORDS = {
  en: {
    'queue.leaveSure': 'Give up your place?',
    'queue.leaveYes': 'Yes, leave',
    'end.sure': 'End this conversation?',
    'end.yes': 'Yes, end it',
    'ended.customer': 'You ended the conversation.',
    'ended.agent': 'The conversation was ended by customer service.',
    'ended.left': 'You left the line.',
    'ended.left_message': 'Your message is kept. The answer will appear here.',
    'ended.idle': 'The conversation ended because nothing was written for a while.',
    'ended.other': 'The conversation has ended.',
    again: 'Start a new conversation',
    reopen: 'Continue this one',
    'reopen.late': 'It is too late to continue this conversation.',
  },
  'zh-CN': {
    'queue.leaveSure': '确定放弃当前位置吗？',
    'queue.leaveYes': '退出',
    'end.sure': '确定结束本次对话吗？',
    'end.yes': '结束',
    'ended.customer': '您已结束对话。',
    'ended.agent': '客服已结束对话。',
    'ended.left': '您已退出排队。',
    'ended.left_message': '留言已收到，回复会显示在这里。',
    'ended.idle': '由于较长时间没有新消息，对话已结束。',
    'ended.other': '对话已结束。',
    again: '发起新的对话',
    reopen: '继续本次对话',
    'reopen.late': '本次对话已无法继续。',
  },
};

export class Part {
  node = el('section', { hidden: true });
  #panel;
  #drawn = '';
  /** The reopening on its way: `{session, key, code}`, `code` once it was refused; or null. */
  #reopening = null;
  #timer = null;

  constructor(panel) { this.#panel = panel; }

  draw() {
    const { asks, conversation, language } = this.#panel;
    const isOver = conversation?.state === 'closed';
    if (this.#reopening?.session !== conversation?.id) this.#reopening = null;
    const drawn = asks || isOver ? JSON.stringify([asks, conversation.id, conversation.closeReason,
      isOver && this.#reopensFor() > 0, this.#reopening, language.tag]) : '';
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.node.hidden = drawn === '';
    this.node.className = asks ? 'sure' : 'again';
    this.node.replaceChildren(...(asks ? this.#question() : isOver ? this.#ways() : []));
    if (asks) this.node.querySelector('button').focus();
  }

  #say(key) { return this.#panel.language.say(key); }

  #button(key, look, act, disabled = false) {
    return el('button', { class: `button ${look}`, type: 'button', onclick: act, disabled },
      this.#say(key));
  }

  #question() {
    const isLeaving = this.#panel.asks === 'leave';
    return [
      el('span', {}, this.#say(isLeaving ? 'queue.leaveSure' : 'end.sure')),
      this.#button(isLeaving ? 'queue.leaveYes' : 'end.yes', 'danger', () => this.#finish()),
      this.#button('cancel', '', () => {
        this.#panel.ask(null);
        this.#panel.focus();
      }),
    ];
  }

  async #finish() {
    const { asks, client, conversation, language } = this.#panel;
    this.#panel.ask(null);
    try {
      await client.end(conversation, `session.${asks === 'leave' ? 'leave' : 'close'}`);
    } catch (error) {
      if (!error.code) throw error;
      this.#panel.say(language.sayCode(error.code));
    }
  }

  #ways() {
    const { closeReason } = this.#panel.conversation;
    const { code } = this.#reopening ?? {};
    const mayReopen = this.#reopensFor() > 0;
    const isBusy = Boolean(this.#reopening && !code);
    return [
      el('p', {}, this.#say(`ended.${REASONS.includes(closeReason) ? closeReason : 'other'}`)),
      code ? el('p', { class: 'bad', role: 'alert' }, code === 'not_reopenable'
        ? this.#say('reopen.late') : this.#panel.language.sayCode(code)) : '',
      mayReopen ? this.#button('reopen', '', () => this.#reopen(), isBusy) : '',
      this.#button('again', 'primary', () => this.#panel.startAgain(), isBusy),
    ];
  }

  /** Milliseconds for which the same talk may still go on; draws anew when they are over. */
  #reopensFor() {
    const { client: { site }, conversation } = this.#panel;
    const isLate = this.#reopening?.code === 'not_reopenable';
    if (!site.reopen_ms || isLate || NEVER_BEGAN.includes(conversation.closeReason)) return 0;
    const left = conversation.closedAt + site.reopen_ms - Date.now();
    clearTimeout(this.#timer);
    if (left > 0) this.#timer = setTimeout(() => this.draw(), left);
    return left;
  }

  async #reopen() {
    const { client, conversation } = this.#panel;
    this.#reopening = { session: conversation.id, key: newKey() };
    this.draw();
    try {
      const { session, key } = this.#reopening;
      const ok = await client.link.request({ type: 'session.reopen', session, key });
      this.#reopening = null;
      client.applySnapshot(conversation, ok);
      this.#panel.focus();
    } catch (error) {
      if (!error.code) throw error;
      this.#reopening = { ...this.#reopening, code: error.code };
      this.draw();
    }
  }
}
