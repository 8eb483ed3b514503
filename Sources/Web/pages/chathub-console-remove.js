// Supervisors take a message away for everybody: one button at each message, all of them one stop
// for Tab with arrow keys between. Used by chathub-console-chat.js and chathub-board-watch.js.
import './chathub-console-icons.js';
import { moveByArrows } from './chathub-console-keys.js';
import { el, icon, sheet } from './chathub-dom.js';

const removeStyle = sheet(`
.message { position: relative; }
.remove { position: absolute; inset-block-end: 2px; inset-inline-end: 0; display: grid;
  place-items: center; width: 28px; height: 28px; border-radius: 50%; color: var(--ch-soft);
  background: var(--ch-surface); opacity: 0; }
.message.mine .remove { inset-inline: 0 auto; }
.message:hover .remove, .remove:focus-visible { opacity: 1; }
.remove:hover { color: var(--ch-bad); background: var(--ch-bad-tint); }
@media (hover: none) { .remove { opacity: 1; } }`);

/**
 * Gives a chathub-talk that is set up its buttons. `app`: `client`, `language`, `dialog`,
 * `attempt(act)`; `chat()`: what the talk shows; `nameOf(from)`.
 */
export function offerRemoval(talk, app, chat, nameOf) {
  const { shadowRoot } = talk;
  if (shadowRoot.adoptedStyleSheets.includes(removeStyle)) return;
  shadowRoot.adoptedStyleSheets = [...shadowRoot.adoptedStyleSheets, removeStyle];
  const settle = moveByArrows(shadowRoot.querySelector('ol'), 'button.remove', true);
  let newest = null;
  talk.onRow = (node, message) => {
    if (message.kind === 'deleted') return;
    const { language } = app;
    const name = language.say('remove.of', {
      name: nameOf(message.from), time: language.clock(message.at),
    });
    const button = el('button', {
      class: 'remove', type: 'button', tabindex: -1, 'aria-label': name, title: name,
      onclick: () => remove(app, chat(), message),
    }, icon('bin', 16));
    node.append(button);
    // The newest one is where Tab comes in, once all rows are in the list.
    if (!newest) {
      queueMicrotask(() => {
        settle(newest);
        newest = null;
      });
    }
    newest = button;
  };
}

async function remove({ client, dialog, language, attempt }, chat, { seq, text, file }) {
  const words = file?.name ?? text ?? '';
  const sure = await dialog.ask({
    title: language.say('remove.sure'),
    body: [el('q', {}, words.slice(0, 300)),
      el('p', { class: 'soft' }, language.say('remove.text'))],
    acts: [['yes', language.say('remove'), 'danger']],
    dismiss: language.say('cancel'),
  });
  if (sure) await attempt(() => client.deleteMessage(chat.id, seq));
}
