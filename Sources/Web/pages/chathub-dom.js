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
    if (isLeftOut(value)) continue;
    if (typeof value === 'function') node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => !isLeftOut(child)));
  return node;
}

const isLeftOut = (value) => (value ?? false) === false;

/** By name; a page with more to draw adds its own. */
export const PATHS = {
  chat: 'M12 3.5c-5 0-9 3.3-9 7.5 0 2.3 1.2 4.3 3.1 5.7L5.5 20.5l4.1-2.2c.8.2 1.6.2 2.4.2 5 0'
    + ' 9-3.3 9-7.5s-4-7.5-9-7.5z',
  down: 'M6 9l6 6 6-6',
  send: 'M12 19V6M6 11.5L12 5.5l6 6',
  end: 'M13 4.5H6v15h7M10.5 12H21M17 8l4 4-4 4',
  clip: 'M19.5 11.5l-7.6 7.6a4.8 4.8 0 0 1-6.8-6.8l8-8a3.2 3.2 0 0 1 4.5 4.5l-7.8 7.8a1.6 1.6 0 0'
    + ' 1-2.3-2.3l7-7',
};

/** One of the drawn signs; always beside or inside something that has a name. */
export function icon(name, size = 20) {
  const svg = document.createElementNS(SVG, 'svg');
  const attributes = {
    viewBox: '0 0 24 24', width: size, height: size, fill: 'none', stroke: 'currentColor',
    'stroke-width': 1.9, 'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': true,
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

/** The first letter or sign of a name, for the round picture nobody has given us. */
export const initial = (name) => {
  const { value } = new Intl.Segmenter().segment(name ?? '')[Symbol.iterator]().next();
  return (value?.segment ?? '·').toLocaleUpperCase();
};
