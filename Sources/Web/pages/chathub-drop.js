// Says over a conversation that a file may be dropped there. Loaded by chathub-composer.js when one
// is first dragged over the page.
import { el, sheet } from './chathub-dom.js';

const style = sheet(`
.drop { position: absolute; inset: 8px; z-index: 1; display: grid; place-items: center;
  border: 2px dashed var(--ch-accent); border-radius: 14px; font-weight: 600; pointer-events: none;
  background: var(--ch-tint); color: var(--ch-on-tint); }`);

export const WORDS = {
  en: { 'file.drop': 'Drop files here to send them' },
  'zh-CN': { 'file.drop': '松开即可发送文件' },
};

/** `shadowRoot`: of what is covered while `isOver`. */
export function showDrop({ shadowRoot }, isOver, { tag }) {
  const shown = shadowRoot.querySelector('.drop');
  if (!isOver) shown?.remove();
  if (!isOver || shown) return;
  if (!shadowRoot.adoptedStyleSheets.includes(style)) shadowRoot.adoptedStyleSheets.push(style);
  shadowRoot.append(el('div', { class: 'drop' }, WORDS[tag]['file.drop']));
}
