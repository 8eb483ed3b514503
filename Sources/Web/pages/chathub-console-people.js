// How the console names a customer, gives a chat its colour and tells what is known: also who asks
// us to take a chat, and until when. Used by its lists, the head of a chat, the panel beside it and
// the strip above. All of it came from outside: it goes in as text.
import { el, initial } from './chathub-dom.js';

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const HUES = 8;

export const valueInWords = (value) => (Array.isArray(value) ? value.map(valueInWords).join(', ')
  : isObject(value) ? JSON.stringify(value) : String(value));

/** What people call him, or the identifier the business gave him; null for a mere visitor. */
function knownName({ customer }) {
  const { id = '', profile = {} } = customer ?? {};
  const name = profile.name ?? profile.attributes?.name;
  if (typeof name === 'string' && name.trim()) return name.slice(0, 80);
  return id && !id.startsWith('v_') ? id : null;
}

/** A name if the business knows one, else "Visitor" and the end of the identifier. */
export const customerName = (conversation, language) => knownName(conversation)
  ?? language.say('visitor', { n: conversation.customer?.id?.slice(-4) ?? '' });

/**
 * Why a chat came or went by somebody else's hand, in a line; null where there is nothing to say.
 * `moved`: as the client tells it.
 */
export function movedWords({ conversation, reason, before, wasAsked, to }, client, language) {
  const key = {
    transfer_declined: before === 'owner' && 'transfer.declined',
    transfer_expired: before === 'owner' && 'transfer.expired',
    transfer_cancelled: wasAsked && 'transfer.cancelled',
    invite_cancelled: before === 'invited' && 'invite.cancelled',
    invite_expired: ['invited', 'owner'].includes(before) && 'invite.expired',
    taken: 'taken.by',
    transferred: to ? 'transfer.gone' : 'transfer.gone.somewhere',
  }[reason];
  const isOurs = conversation.agent?.id === client.me.id;
  if (!key || (isOurs && ['taken', 'transferred'].includes(reason))) return null;
  const name = customerName(conversation, language);
  return language.say(key, { name, agent: to && client.nameOfAgent(to) });
}

/** The local time an offer or invitation ends; of a chat we are in already, its transfer's. */
export const endOf = (offer, client) => offer.offerEndsAt
  ?? (client.isAsked(offer) ? offer.transfer : offer.invitation)?.endsAt ?? null;

/** Who hands a chat over or invites us to it; null when the queue gives it. */
export function senderWords(offer, client, language) {
  const { transfer, invitation, agent } = offer;
  // After a reload it is only known whose chat it is.
  if (client.standing(offer) === 'invited') {
    const from = invitation?.from ?? agent;
    return language.say('invite.from', { name: from?.name ?? from?.id });
  }
  const key = transfer?.warm ? 'transfer.from.warm' : 'transfer.from';
  return transfer ? language.say(key, { name: client.nameOfAgent(transfer.from) }) : null;
}

/** One of the style sheet's eight colours, the same one for a session wherever it is shown. */
export function hueOf(session) {
  let sum = 0;
  for (const letter of session) sum = (sum * 31 + letter.charCodeAt(0)) % 65_521;
  return String(sum % HUES);
}

/** The round picture, in the chat's colour; a visitor's own letter, not the V they all have. */
export const avatar = (conversation) => el('span', {
  class: 'avatar', 'aria-hidden': 'true', 'data-hue': hueOf(conversation.id),
}, initial(knownName(conversation) ?? conversation.customer?.id?.slice(-4)));

export const levelBadge = (level, language) => (level > 0
  ? el('span', { class: 'level' }, language.say('level', { n: level })) : null);

/**
 * What is known of a customer, as `{name, value, origin}`: `known` is kept by the hub, `token` came
 * trusted with this session, `page` is only what his page says. `record`: the hub's, if it is
 * there; it is newer than what the session began with.
 */
export function facts(profile = {}, record = null) {
  const rows = new Map();
  const { contact, attributes = {}, trusted = [] } = profile;
  if (contact) rows.set('contact', { name: 'contact', value: contact, origin: 'page' });
  for (const [name, value] of Object.entries(attributes)) {
    rows.set(name, { name, value, origin: trusted.includes(name) ? 'token' : 'page' });
  }
  for (const [name, value] of Object.entries(record?.attributes ?? {})) {
    rows.set(name, { name, value, origin: 'known' });
  }
  return [...rows.values()].filter(({ value }) => value !== null && value !== undefined
    && value !== '').sort((left, right) => left.name.localeCompare(right.name));
}
