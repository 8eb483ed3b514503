// The card of a customer who waits in line: his number, how long it may take, the way out. Drawn by
// chathub-widget.js.
import { el } from './chathub-dom.js';

/** His place as a sentence, for eyes and for screen readers. */
export function placeInWords({ position: n }, language) {
  if (!n) return language.say('queue.kept');
  return language.say(n === 1 ? 'queue.first' : 'queue.place', { n });
}

export function drawQueue(card, conversation, language, leave) {
  card.hidden = conversation?.state !== 'queued';
  if (card.hidden) return;
  const wait = language.wait(conversation.waitSeconds, conversation.isNobodyThere);
  const { opensAt } = conversation;
  card.replaceChildren(
    el('div', { class: 'place', 'aria-hidden': 'true' }, conversation.position
      ? String(conversation.position) : '…'),
    el('div', {},
      el('p', { class: 'where' }, placeInWords(conversation, language)),
      opensAt ? el('p', { class: 'wait' }, language.say('queue.opens', {
        time: language.opening(opensAt, Date.now()),
      })) : wait && el('p', { class: 'wait' }, language.say('queue.wait', { wait })),
      el('p', { class: 'exit' }, el('button', { class: 'link', type: 'button', onclick: leave },
        language.say('queue.leave')))),
  );
}
