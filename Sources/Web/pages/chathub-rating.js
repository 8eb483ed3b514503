// The card after a conversation with an agent: one to five stars and a word or two. Drawn by
// chathub-widget.js above the ending; sent once, kept over reconnects, never asked again.
import { el } from './chathub-dom.js';
import { newKey } from './chathub-outbox.js';

const STARS = [1, 2, 3, 4, 5];
/** Within the hub's 4,000 bytes whatever the alphabet. */
const COMMENT_CHARACTERS = 1000;
/** Nobody was there to be judged. */
const UNSERVED = ['left', 'left_message', 'gone'];

export class RatingCard {
  node = el('section', { class: 'rating', 'aria-labelledby': 'rating-title', hidden: true });
  #client;
  #storage;
  #name;
  #language;
  #conversation = null;
  #drawn = '';
  #score = 0;
  #state = 'asking';
  /** The same key for the same words, so that trying again makes no second rating. */
  #sent = { words: '', key: '' };

  /** `name`: what the storage calls the session that was rated last. */
  constructor(client, storage, name) {
    this.#client = client;
    this.#storage = storage;
    this.#name = name;
  }

  draw(conversation, language) {
    if (conversation !== this.#conversation) {
      this.#conversation = conversation;
      this.#score = 0;
      this.#state = 'asking';
    }
    this.#language = language;
    const isDone = this.#state === 'asking' && this.#storage.get(this.#name) === conversation?.id;
    this.node.hidden = conversation?.state !== 'closed' || !conversation.agent || isDone
      || UNSERVED.includes(conversation.closeReason);
    const drawn = this.node.hidden ? '' : `${conversation.id} ${language.tag} ${this.#state}`;
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.node.replaceChildren(...(this.node.hidden ? [] : this.#parts()));
  }

  #say(key, values) { return this.#language.say(key, values); }

  #parts() {
    if (this.#state === 'thanks') {
      return [el('p', { id: 'rating-title', role: 'status' }, this.#say('rate.thanks'))];
    }
    const comment = el('textarea', { rows: 2, maxlength: COMMENT_CHARACTERS });
    comment.value = this.node.querySelector('textarea')?.value ?? '';
    const send = el('button', {
      class: 'button primary', type: 'submit', disabled: !this.#score || this.#state === 'busy',
    }, this.#say(this.#state === 'busy' ? 'message.sending' : 'rate.send'));
    const stars = STARS.map((n) => this.#star(n, send));
    return [el('form', {
      onsubmit: (event) => {
        event.preventDefault();
        this.#send(comment.value.trim());
      },
    },
    el('fieldset', {}, el('legend', { id: 'rating-title' }, this.#say('rate.title')),
      el('div', { class: 'stars' }, stars)),
    el('label', {}, el('span', {}, this.#say('rate.comment')), comment),
    this.#state.startsWith('code:')
      && el('p', { class: 'bad', role: 'alert' }, this.#language.sayCode(this.#state.slice(5))),
    el('div', { class: 'act' }, send))];
  }

  #star(n, send) {
    const input = el('input', {
      type: 'radio', name: 'score', value: String(n), class: 'unseen',
      'aria-label': this.#say('rate.star', { n }),
      onchange: () => {
        this.#score = n;
        send.disabled = false;
        this.#fill();
      },
    });
    input.checked = n === this.#score;
    return el('label', { class: n <= this.#score ? 'star on' : 'star' }, input,
      el('span', { 'aria-hidden': 'true' }, '★'));
  }

  #fill() {
    for (const [index, star] of this.node.querySelectorAll('.star').entries()) {
      star.classList.toggle('on', index < this.#score);
    }
  }

  async #send(comment) {
    if (!this.#score || this.#state === 'busy') return;
    const conversation = this.#conversation;
    const words = JSON.stringify([conversation.id, this.#score, comment]);
    if (words !== this.#sent.words) this.#sent = { words, key: newKey() };
    this.#become('busy');
    try {
      await this.#client.link.request({
        type: 'session.rate', session: conversation.id, key: this.#sent.key, score: this.#score,
        comment: comment || undefined,
      });
      this.#storage.set(this.#name, conversation.id);
      if (conversation === this.#conversation) this.#become('thanks');
    } catch (error) {
      if (!error.code) throw error;
      if (conversation === this.#conversation) this.#become(`code:${error.code}`);
    }
  }

  #become(state) {
    this.#state = state;
    this.draw(this.#conversation, this.#language);
  }
}
