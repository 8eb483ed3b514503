// Makes elements without ever parsing markup: text goes in as text nodes, so nothing that anybody
// wrote can become an element, an attribute or a script. Used by every page of the hub.

const SVG = 'http://www.w3.org/2000/svg';

/**
 * `el('button', { class: 'x', type: 'button', onclick: act, hidden: true }, 'text', child, null)`.
 * Functions become listeners, booleans properties of presence, the rest attributes; null and
 * undefined are left out.
 */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined
    && child !== false));
  return node;
}

/** By name; a page with more to draw adds its own. */
export const PATHS = {
  chat: 'M12 3.5c-5 0-9 3.3-9 7.5 0 2.3 1.2 4.3 3.1 5.7L5.5 20.5l4.1-2.2c.8.2 1.6.2 2.4.2 5 0'
    + ' 9-3.3 9-7.5s-4-7.5-9-7.5z',
  down: 'M6 9l6 6 6-6',
  back: 'M15 5l-7 7 7 7',
  send: 'M12 19V6M6 11.5L12 5.5l6 6',
  end: 'M13 4.5H6v15h7M10.5 12H21M17 8l4 4-4 4',
  help: 'M9.2 9.2a2.8 2.8 0 1 1 4.3 2.4c-.9.6-1.5 1.1-1.5 2.2M12 17.2v.1',
};

/** One of the drawn signs; always beside or inside something that has a name. */
export function icon(name, size = 20) {
  const svg = document.createElementNS(SVG, 'svg');
  const attributes = {
    viewBox: '0 0 24 24', width: size, height: size, fill: 'none', stroke: 'currentColor',
    'stroke-width': 1.9, 'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': true,
    focusable: false,
  };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}

/** A style sheet a strict content security policy allows. */
export function sheet(text) {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
}

// Ends before spaces, quotes, brackets and CJK text; sentence marks at the end are no part of it.
const LINK = /\bhttps?:\/\/[^\s<>"'`\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+/g;
const TAIL = /[.,;:!?)\]}]+$/;

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

/** The first letter or sign of a name, for the round picture nobody has given us. */
export const initial = (name) => {
  const { value } = new Intl.Segmenter().segment(name ?? '')[Symbol.iterator]().next();
  return (value?.segment ?? '·').toLocaleUpperCase();
};
