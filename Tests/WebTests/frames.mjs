// Judges frames as the hub does, for tests: every frame a page sends must pass here, and
// Protocol/vectors says whether this judge is right.
import { byteCount } from '../../Sources/Web/pages/chathub-codec.js';

// A field's test answers undefined when the value is good, else an error code.
const bad = 'bad_field';
const wants = (test) => (value) => (test(value) ? undefined : bad);
const text = (least, most, tooLong = bad) => (value) => {
  if (typeof value !== 'string') return bad;
  const bytes = byteCount(value);
  if (bytes < least) return bad;
  return bytes > most ? tooLong : undefined;
};
// Names carry no control characters and nothing that turns the reading direction.
const UNNAMEABLE = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;
const name = (least, most) => (value) => (
  text(least, most)(value) ?? (UNNAMEABLE.test(value) ? bad : undefined)
);
const matching = (pattern) => wants((value) => typeof value === 'string' && pattern.test(value));
const oneOf = (...allowed) => wants((value) => allowed.includes(value));
const whole = (least, most) => wants(
  (value) => Number.isSafeInteger(value) && value >= least && value <= most,
);
const flag = wants((value) => typeof value === 'boolean');
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const object = wants(isObject);
// null is left out, as everywhere
const isScalar = (value) => value === null || typeof value === 'boolean' || Number.isFinite(value)
  || text(0, 1024)(value) === undefined;
// One name in two spellings (composed and not) is one name twice.
const areNames = (value) => Object.keys(value).every((key) => name(1, 64)(key) === undefined)
  && new Set(Object.keys(value).map((key) => key.normalize())).size === Object.keys(value).length;
const attributes = wants((value) => isObject(value) && Object.keys(value).length <= 50
  && areNames(value) && Object.values(value).every((one) => isScalar(one)
    || (Array.isArray(one) && one.length <= 100 && one.every(isScalar))));
const isPageValue = (value) => isObject(value) || Array.isArray(value) || value === null
  || typeof value !== 'string' || text(0, 8192)(value) === undefined;
const page = wants((value) => isObject(value) && Object.keys(value).length <= 54
  && areNames(value) && Object.values(value).every(isPageValue));
const session = matching(/^s_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
const file = matching(/^f_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
const group = /^[a-z0-9][a-z0-9_-]{0,39}$/;
const groups = wants((value) => Array.isArray(value) && value.length >= 1 && value.length <= 100
  && value.every((one) => typeof one === 'string' && group.test(one)));
const person = matching(/^[A-Za-z0-9._@+-]{1,64}$/);
const names = (most) => wants((value) => Array.isArray(value) && value.length <= most
  && value.every((one) => name(1, 64)(one) === undefined));
const quickReplies = wants((value) => Array.isArray(value) && value.length <= 8
  && value.every((one) => name(1, 80)(one) === undefined));
const resume = wants((value) => Array.isArray(value) && value.length <= 100
  && value.every((point) => isObject(point) && session(point.session) === undefined
    && whole(0, Number.MAX_SAFE_INTEGER)(point.after) === undefined
    && (point.epoch === undefined || point.epoch === null
      || name(0, 64)(point.epoch) === undefined)));

/** What a person writes; the hello answer tells the site's own limit, 8 KB unless it changed it. */
const words = text(1, 8192, 'text_too_long');

const need = (test) => ({ test, needed: true });
const may = (test) => ({ test, needed: false });
const MOST = Number.MAX_SAFE_INTEGER;

/** Every frame a page may send: its fields in the order they are judged. */
const CLIENT_FRAMES = {
  hello: {
    role: need(oneOf('customer', 'agent', 'supervisor', 'bot')),
    site: need(matching(/^[a-z0-9][a-z0-9-]{0,39}$/)),
    token: may(name(1, 8192)),
    secret: may(name(1, 200)),
    page: may(page),
    locale: may(name(1, 35)),
    attributes: may(attributes),
    resume: may(resume),
    capacity: may(whole(1, 10000)),
  },
  'message.send': {
    session: need(session), key: need(name(1, 64)), file: may(file), text: may(words),
    unknown: may(flag), quick_replies: may(quickReplies),
  },
  typing: { session: need(session), typing: need(flag) },
  read: { session: need(session), seq: need(whole(0, MOST)) },
  history: {
    session: need(session),
    limit: may(whole(1, 200)),
    after: may(whole(0, MOST)),
    before: may(whole(1, MOST)),
  },
  'session.start': {
    key: may(name(1, 64)),
    topic: may(name(1, 64)),
    channel: may(name(1, 64)),
    attributes: may(attributes),
    text: may(words),
  },
  'session.leave': { session: need(session) },
  'session.close': { session: need(session) },
  'status.set': {
    status: need(oneOf('online', 'busy', 'away', 'offline')), reason: may(name(0, 64)), ramp: may(whole(1, 50)),
  },
  'queue.subscribe': { groups: need(groups) },
  'queue.unsubscribe': { groups: need(groups) },
  'offer.accept': { session: need(session) },
  'offer.decline': { session: need(session), reason: may(text(0, 200)) },
  'session.human': { session: need(session), reason: may(text(0, 200)) },
  'message.leave': {
    key: need(name(1, 64)),
    topic: may(name(1, 64)),
    text: need(words),
    name: may(name(1, 64)),
    contact: may(name(1, 200)),
    attributes: may(attributes),
  },
  'message.take': { message: need(matching(/^m_[0-7][0-9a-hjkmnp-tv-z]{25}$/)) },
  'queue.choose': {
    session: need(session), choice: need(oneOf('wait', 'message', 'robot')), text: may(words),
  },
  pong: {},
  'session.explain': { session: need(session) },
  'session.rate': {
    session: need(session),
    key: need(name(1, 64)),
    score: need(whole(1, 5)),
    reasons: may(names(10)),
    comment: may(text(0, 4000)),
  },
  'customer.get': { customer: need(person) },
  'customer.set': {
    customer: need(person),
    attributes: may(attributes),
    remove: may(names(50)),
    dedicated_agent: may(matching(/^[A-Za-z0-9._@+-]{0,64}$/)),
  },
  'file.offer': {
    session: need(session),
    key: need(name(1, 64)),
    name: need(text(1, 255)),
    bytes: need(whole(1, MOST)),
    media_type: may(name(1, 127)),
  },
  'file.link': { session: need(session), file: need(file) },
  'session.wrap': {
    session: need(session), topic: may(name(0, 64)), result: may(name(0, 64)), tags: may(names(20)),
    note: may(text(0, 2000)), done: may(flag), extend: may(flag),
  },
  'session.reopen': { session: need(session), key: need(name(1, 64)) },
  'message.delete': { session: need(session), seq: need(whole(1, Number.MAX_SAFE_INTEGER)) },
  'customer.sessions': {
    customer: need(person), before: may(whole(0, Number.MAX_SAFE_INTEGER)), limit: may(whole(1, 50)),
  },
  'session.tag': { session: need(session), tags: need(names(20)) },
  'agent.set': {
    agent: need(person), status: need(oneOf('online', 'busy', 'away', 'offline')), reason: may(name(0, 64)),
  },
  'canned.list': {},
  'canned.set': {
    shortcut: need(name(1, 64)), text: may(text(1, 4096, 'text_too_long')), title: may(name(0, 200)),
  },
  'session.pick': { session: need(session) },
  'session.transfer': {
    session: need(session),
    key: need(name(1, 64)),
    to: need(wants((value) => isObject(value) && (value.agent === undefined
      ? typeof value.group === 'string' && group.test(value.group)
      : value.group === undefined && person(value.agent) === undefined))),
    note: may(words),
    warm: may(flag),
  },
  'session.invite': {
    session: need(session), key: need(name(1, 64)), agent: need(person), note: may(words),
  },
  'session.invite.cancel': { session: need(session), agent: need(person) },
  'session.join': { session: need(session) },
  'session.transfer.cancel': { session: need(session) },
  'session.take': { session: need(session) },
  'session.watch': { session: need(session) },
  'session.unwatch': { session: need(session) },
  'session.note': { session: need(session), key: need(name(1, 64)), text: need(words) },
  'session.whisper': { session: need(session), key: need(name(1, 64)), text: need(words) },
  'session.notes': {
    session: need(session),
    limit: may(whole(1, 200)),
    after: may(whole(0, MOST)),
    before: may(whole(1, MOST)),
  },
  'board.subscribe': {},
  'board.unsubscribe': {},
  'sessions.list': {
    state: may(oneOf('bot', 'queued', 'offered', 'active', 'wrapup')),
    group: may(matching(group)),
    agent: may(person),
    limit: may(whole(1, 200)),
    after: may(matching(/^[1-9]-[0-9]{1,16}$/)),
  },
  'agents.list': {},
  'session.assign': {
    session: need(session),
    agent: need(matching(/^[A-Za-z0-9._@+-]{1,64}$/)),
    over_capacity: may(flag),
  },
};
const MAY_OMIT_ID = new Set(['typing', 'read', 'pong']);

/**
 * Judges a frame as the hub would: null when it may be sent, else `{code, field}` with a code of
 * Protocol/codes.json.
 */
export function clientFrameProblem(frame) {
  if (!isObject(frame)) return { code: 'bad_frame', field: null };
  if (frame.type === undefined || frame.type === null) return { code: 'missing_field', field: 'type' };
  if (text(1, 64)(frame.type)) return { code: bad, field: 'type' };
  const fields = Object.hasOwn(CLIENT_FRAMES, frame.type) ? CLIENT_FRAMES[frame.type] : null;
  if (!fields) return { code: 'unknown_type', field: 'type' };
  if (frame.id === undefined || frame.id === null) {
    if (!MAY_OMIT_ID.has(frame.type)) return { code: 'missing_field', field: 'id' };
  } else if (!Number.isInteger(frame.id) || frame.id < 1) return { code: bad, field: 'id' };
  for (const [field, { test, needed }] of Object.entries(fields)) {
    const value = frame[field];
    // null means left out
    if (value === undefined || value === null) {
      if (needed) return { code: 'missing_field', field };
      continue;
    }
    const code = test(value);
    if (code) return { code, field };
  }
  if (frame.type === 'message.send' && (frame.text ?? frame.file ?? null) === null) {
    return { code: 'missing_field', field: 'text' };
  }
  return frame.type === 'history' || frame.type === 'session.notes'
    ? historyProblem(frame) : null;
}

/** One direction, not both and not none. */
function historyProblem({ after, before }) {
  const isNone = (value) => value === undefined || value === null;
  if (!isNone(after) && !isNone(before)) return { code: bad, field: 'before' };
  return isNone(after) && isNone(before)
    ? { code: 'missing_field', field: 'after' } : null;
}

