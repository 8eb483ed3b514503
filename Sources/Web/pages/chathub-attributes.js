// An attribute of a customer as people read and write it: text, a number, yes or no, or a list of
// these, `a | b`, where an item's own sign is written `\|`. Used by the console's customer pane and
// the customers page; pure.

const BETWEEN = '|';

/** For reading and writing; what is not there is empty. */
export function textOf(value) {
  if (value === undefined || value === null) return '';
  return Array.isArray(value)
    ? value.map((item) => textOf(item).replaceAll(BETWEEN, `\\${BETWEEN}`)).join(` ${BETWEEN} `)
    : String(value);
}

/**
 * What somebody wrote in the place of `before`. Its kind stays: a number a number, a yes a yes, a
 * list a list; text stays text whatever it looks like. What is new (`before` undefined) is read as
 * the hub reads a file: a number only if it would be written like that again.
 */
export function valueOf(text, before) {
  if (Array.isArray(before)) return listOf(text, before);
  if (before === undefined) return plain(text);
  if (typeof before === 'number' && text !== '' && Number.isFinite(Number(text))) {
    return Number(text);
  }
  return typeof before === 'boolean' ? yesOrNo(text) : text;
}

function listOf(text, before) {
  // Items may be empty, or begin with a space: what nobody changed is not read anew.
  if (text === textOf(before)) return before;
  const known = new Map(before.map((item) => [textOf(item), item]));
  return text.split(/(?<!\\)\|/).map((item) => item.trim().replaceAll(`\\${BETWEEN}`, BETWEEN))
    .filter(Boolean)
    .map((item) => (known.has(item) ? known.get(item) : plain(item)));
}

function plain(text) {
  const number = Number(text);
  return Number.isFinite(number) && String(number) === text ? number : yesOrNo(text);
}

const yesOrNo = (text) => (['true', 'false'].includes(text) ? text === 'true' : text);
