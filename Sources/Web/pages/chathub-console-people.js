// How the console names a customer and shows what is known of him. Used by its lists, the head of a
// chat and the panel beside it. Everything here came from outside and goes in as text.
import { el, initial } from './chathub-dom.js';

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
/** An attribute is a plain value, or `{value, origin}`. */
const valueOf = (attribute) => (isObject(attribute) && 'value' in attribute
  ? attribute.value : attribute);
const inWords = (value) => (Array.isArray(value) ? value.map(inWords).join(', ')
  : isObject(value) ? JSON.stringify(value) : String(value));

/** A name if the business knows one, else "Visitor" and the end of the identifier. */
export function customerName(conversation, language) {
  const { id = '', profile = {} } = conversation.customer ?? {};
  const name = valueOf(profile.name) ?? valueOf(profile.attributes?.name);
  if (typeof name === 'string' && name.trim()) return name.slice(0, 80);
  return id && !id.startsWith('v_') ? id : language.say('visitor', { n: id.slice(-4) });
}

/** A visitor's own letter rather than the V they all have. */
export const customerInitial = (conversation, language) => {
  const id = conversation.customer?.id ?? '';
  return initial(id.startsWith('v_') ? id.slice(-4) : customerName(conversation, language));
};

export const levelBadge = (level, language) => (level > 0
  ? el('span', { class: 'level' }, language.say('level', { n: level })) : null);

/** `[name, value, isFromPage]` of everything known, nested objects opened by one level. */
export function facts(profile) {
  const rows = [];
  const add = (name, attribute) => {
    const value = valueOf(attribute);
    // That a visitor is anonymous shows in his name already.
    if (name === 'anonymous' || value === null || value === undefined || value === '') return;
    rows.push([name, inWords(value), attribute?.origin === 'page']);
  };
  for (const [name, value] of Object.entries(profile ?? {})) {
    if (!isObject(value) || 'value' in value) add(name, value);
    else for (const [inner, one] of Object.entries(value)) add(inner, one);
  }
  return rows;
}

/** Why a robot gave the customer up, and what he asked it last. */
function robotsTries(handover, language) {
  if (!handover) return [];
  const { reason, said, misses, questions = [] } = handover;
  const known = `handover.${reason}`;
  return [
    [language.say('info.handover'), language.has(known) ? language.say(known) : reason],
    [language.say('info.said'), said],
    [language.say('info.misses'), misses > 0 ? String(misses) : null],
    [language.say('info.questions'), questions.join(' · ')],
  ];
}

/** The panel beside a chat. */
export function customerPanel(conversation, agent, language) {
  const { level, topic, channel, group, id } = conversation;
  const groupName = agent?.groups?.find((one) => one.id === group)?.name ?? group;
  const known = [
    [language.say('info.id'), conversation.customer?.id],
    [language.say('info.level'), level > 0 ? language.say('level', { n: level })
      : language.say('ordinary')],
    [language.say('info.topic'), topic],
    [language.say('info.group'), groupName],
    [language.say('info.channel'), channel],
    ...robotsTries(conversation.handover, language),
    ...facts(conversation.customer?.profile).map(([name, ...rest]) => [
      language.has(`info.${name}`) ? language.say(`info.${name}`) : name, ...rest,
    ]),
    [language.say('info.session'), id],
  ].filter(([, value]) => value);
  return [
    el('h2', {}, language.say('info')),
    el('dl', {}, known.map(([name, value, isFromPage]) => [
      el('dt', {}, el('bdi', {}, name)),
      el('dd', { title: isFromPage ? language.say('info.page') : null }, el('bdi', {}, value)),
    ])),
  ];
}
