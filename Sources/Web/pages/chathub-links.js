// Links in what people wrote. Loaded by the widget with the first text that has one.
import { el } from './chathub-dom.js';

// Ends before spaces, quotes, brackets and CJK text; sentence marks at the end are no part of it.
const LINK = /\bhttps?:\/\/[^\s<>"'`\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+/g;
const TAIL = /[.,;:!?)\]}]+$/;

/** Puts the text of a message into its bubble. */
export function dress(bubble, { text }) { bubble.replaceChildren(...textNodes(text)); }

/** A person's text as nodes: links of http and https can be followed, everything else is text. */
export function textNodes(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const address = match[0].replace(TAIL, '');
    if (!URL.canParse(address)) continue;
    nodes.push(text.slice(from, match.index), el('a', {
      href: address, target: '_blank', rel: 'noopener noreferrer nofollow ugc',
    }, address));
    from = match.index + address.length;
  }
  nodes.push(text.slice(from));
  return nodes.filter((node) => node !== '');
}
