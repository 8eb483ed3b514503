// The card after a conversation with an agent: one to five stars, reasons to choose from, a word or
// two. What it asks comes from the site file (`survey`); without it, stars and a word. Drawn by
// chathub-widget-panel.js above the ending; sent once, kept over reconnects, never asked again.
import { buttons } from './chathub-buttons.js';
import { el, sheet } from './chathub-dom.js';
import { newKey } from './chathub-outbox.js';

const STARS = [1, 2, 3, 4, 5];
/** Up to this score it was not good. */
const LOW_SCORE = 3;
/** Within the hub's 4,000 bytes whatever the alphabet. */
const COMMENT_CHARACTERS = 1000;
/** Nobody was there to be judged. */
const UNSERVED = ['left', 'left_message', 'gone'];

export const styles = [buttons, sheet(`
.survey { padding: 12px 16px 4px; border-top: 1px solid var(--ch-line); font-size: 14px;
  overflow-y: auto; flex: none; max-height: 60%; }
.survey p { margin: 0; text-align: center; padding: 6px 0; }
.survey .bad { color: var(--ch-bad); text-align: start; }
.survey fieldset { margin: 0; padding: 0; border: 0; text-align: center; }
.survey legend { padding: 0; margin: 0 auto; font-weight: 650; }
.star { position: relative; display: inline-grid; place-items: center; width: 44px; height: 44px;
  font-size: 28px; line-height: 1; color: var(--ch-soft); opacity: .45; cursor: pointer; }
.star.on { color: light-dark(#b7791f, #e3b341); opacity: 1; }
.star:focus-within { outline: 2px solid var(--ch-accent); outline-offset: -3px;
  border-radius: 9px; }
.reasons { display: flex; flex-wrap: wrap; justify-content: center; gap: 7px; padding: 4px 0 8px; }
.reason { position: relative; border: 1px solid var(--ch-line); border-radius: 16px;
  padding: 4px 12px; cursor: pointer; }
.reason:has(:checked) { background: var(--ch-tint); color: var(--ch-on-tint);
  border-color: var(--ch-accent); }
.reason:focus-within { outline: 2px solid var(--ch-accent); outline-offset: 1px; }
.words { display: block; font-size: 13px; color: var(--ch-soft); }
.words textarea { display: block; width: 100%; margin-top: 3px; padding: 7px 10px; font: inherit;
  color: var(--ch-text); background: var(--ch-surface); border: 1px solid var(--ch-line);
  border-radius: 9px; resize: vertical; }
.survey .act { margin-top: 8px; text-align: center; }`)];

export const WORDS = {
  en: {
    'rate.title': 'How was this conversation?',
    'rate.star': '{n} of 5 stars',
    'rate.low': 'What went wrong?',
    'rate.high': 'What was good?',
    'rate.comment': 'Anything to add? (optional)',
    'rate.send': 'Send rating',
    'rate.thanks': 'Thank you for your rating.',
  },
  'zh-CN': {
    'rate.title': '您对这次服务满意吗？',
    'rate.star': '{n} 星（共 5 星）',
    'rate.low': '哪里没有做好？',
    'rate.high': '哪里做得好？',
    'rate.comment': '还想说点什么？（选填）',
    'rate.send': '提交评价',
    'rate.thanks': '感谢您的评价。',
  },
};

export class Part {
  node = el('section', { class: 'survey', 'aria-labelledby': 'rating-title', hidden: true });
  #panel;
  #conversation = null;
  #drawn = '';
  #score = 0;
  #state = 'asking';
  /** The same key for the same words, so that trying again makes no second rating. */
  #sent = { words: '', key: '' };

  constructor(panel) { this.#panel = panel; }

  draw() {
    const { client, conversation, language, storage } = this.#panel;
    if (conversation !== this.#conversation) {
      this.#conversation = conversation;
      this.#score = 0;
      this.#state = 'asking';
    }
    const isDone = this.#state === 'asking'
      && storage.get(client.nameOf('rated')) === conversation?.id;
    this.node.hidden = conversation?.state !== 'closed' || !conversation.agent || isDone
      || UNSERVED.includes(conversation.closeReason);
    const isLow = this.#score > 0 && this.#score <= LOW_SCORE;
    const drawn = this.node.hidden ? '' : JSON.stringify([conversation.id, language.tag,
      this.#state, this.#score > 0, isLow, this.#problem()]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.node.replaceChildren(...(this.node.hidden ? [] : this.#form()));
  }

  #say(key, values) { return this.#panel.language.say(key, values); }

  #problem() {
    return this.#state.startsWith('code:') && this.#panel.language.sayCode(this.#state.slice(5));
  }

  #form() {
    if (this.#state === 'thanks') {
      return [el('p', { id: 'rating-title', role: 'status' }, this.#say('rate.thanks'))];
    }
    const survey = this.#panel.client.site.survey ?? { comment: true };
    const problem = this.#problem();
    const stars = STARS.map((n) => this.#star(n));
    const comment = survey.comment && el('textarea', { rows: 2, maxlength: COMMENT_CHARACTERS });
    if (comment) comment.value = this.node.querySelector('textarea')?.value ?? '';
    return [el('form', {
      onsubmit: (event) => {
        event.preventDefault();
        this.#send(comment ? comment.value.trim() : '');
      },
    },
    el('fieldset', {}, el('legend', { id: 'rating-title' },
      this.#panel.language.pick(survey.question) || this.#say('rate.title')),
    el('div', { class: 'stars' }, stars)),
    this.#score > 0 && this.#reasons(survey.reasons),
    comment && el('label', { class: 'words' }, this.#say('rate.comment'), comment),
    problem && el('p', { class: 'bad', role: 'alert' }, problem),
    el('div', { class: 'act' }, el('button', {
      class: 'button primary', type: 'submit', disabled: !this.#score || this.#state === 'busy',
    }, this.#say(this.#state === 'busy' ? 'message.sending' : 'rate.send'))))];
  }

  /** Others for a bad score than for a good one. */
  #reasons({ low = [], high = [] } = {}) {
    const isLow = this.#score <= LOW_SCORE;
    const reasons = isLow ? low : high;
    if (reasons.length === 0) return null;
    const chosen = this.#chosen();
    return el('fieldset', {}, el('legend', { class: 'unseen' },
      this.#say(isLow ? 'rate.low' : 'rate.high')),
    el('div', { class: 'reasons' }, reasons.map((reason, index) => {
      const words = this.#panel.language.pick(reason);
      // The same reason in whichever language it is said.
      const place = `${isLow ? 'low' : 'high'} ${index}`;
      const input = el('input', {
        type: 'checkbox', name: 'reason', value: words, class: 'unseen', 'data-place': place,
      });
      input.checked = chosen.includes(place);
      return el('label', { class: 'reason' }, input, words);
    })));
  }

  #chosen() { return this.#checked().map((one) => one.dataset.place); }

  #checked() { return [...this.node.querySelectorAll('[name=reason]:checked')]; }

  #star(n) {
    const input = el('input', {
      type: 'radio', name: 'score', value: String(n), class: 'unseen',
      'aria-label': this.#say('rate.star', { n }),
      onchange: () => this.#take(n),
    });
    input.checked = n === this.#score;
    return el('label', { class: n <= this.#score ? 'star on' : 'star' }, input,
      el('span', { 'aria-hidden': 'true' }, '★'));
  }

  /** Focus stays on the star, also when the reasons beside it change. */
  #take(n) {
    this.#score = n;
    this.draw();
    for (const [index, star] of this.node.querySelectorAll('.star').entries()) {
      star.classList.toggle('on', index < n);
      if (index === n - 1) star.firstChild.focus();
    }
  }

  async #send(comment) {
    if (!this.#score || this.#state === 'busy') return;
    const conversation = this.#conversation;
    const { client, storage } = this.#panel;
    const reasons = this.#checked().map((one) => one.value);
    const words = JSON.stringify([conversation.id, this.#score, comment, reasons]);
    if (words !== this.#sent.words) this.#sent = { words, key: newKey() };
    this.#become('busy');
    try {
      await client.link.request({
        type: 'session.rate', session: conversation.id, key: this.#sent.key, score: this.#score,
        reasons: reasons.length ? reasons : undefined, comment: comment || undefined,
      });
      storage.set(client.nameOf('rated'), conversation.id);
      if (conversation === this.#conversation) this.#become('thanks');
    } catch (error) {
      if (!error.code) throw error;
      if (conversation === this.#conversation) this.#become(`code:${error.code}`);
    }
  }

  #become(state) {
    this.#state = state;
    this.draw();
  }
}
