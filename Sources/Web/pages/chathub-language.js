// Chinese or English, and times and waits in words. Used by every page; the words themselves are in
// chathub-words-en.js and chathub-words-zh.js, beside the rare parts of the widget, and for the
// console in chathub-console-strings.js.

export const LANGUAGES = ['zh-CN', 'en'];

/** The first wish we can meet, else English. `wishes`: BCP 47 tags, most wanted first. */
export function pickLanguage(...wishes) {
  for (const wish of wishes.flat()) {
    if (/^zh\b/i.test(wish ?? '')) return 'zh-CN';
    if (/^en\b/i.test(wish ?? '')) return 'en';
  }
  return 'en';
}

export class Language {
  /** Called with a code that nothing is known of: words may be on their way. */
  onUnknown = () => {};
  #words = {};
  #clock;
  #day;
  #moment;

  /** `tables`: each `{ 'zh-CN': {...}, en: {...} }`, or one of the two. */
  constructor(tag, ...tables) {
    this.tag = tag;
    for (const table of tables) this.learn(table);
    this.#clock = new Intl.DateTimeFormat(tag, {
      hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
    });
    this.#day = new Intl.DateTimeFormat(tag, { weekday: 'long', month: 'long', day: 'numeric' });
    this.#moment = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'medium' });
  }

  /** Takes more words: those of a part that is loaded when it is needed. */
  learn(table) { Object.assign(this.#words, table[this.tag]); }

  /** A text of the site file, `{zh, en}`; in the other language if there is no other. */
  pick(text) {
    const { zh, en } = text ?? {};
    return (this.tag === 'en' ? en ?? zh : zh ?? en) ?? '';
  }

  /** The words of `key`, `{name}` replaced; `key.one` is taken for `{n: 1}` where it exists. */
  say(key, values = {}) {
    const words = (values.n === 1 && this.#words[`${key}.one`]) || this.#words[key];
    if (words === undefined) return key;
    return words.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
  }

  has(key) { return this.#words[key] !== undefined; }

  /** The words for an error or close code; the code itself stays visible for support. */
  sayCode(code) {
    if (this.has(`code.${code}`)) return this.say(`code.${code}`);
    this.onUnknown(code);
    return this.say('code', { code });
  }

  clock(at) { return this.#clock.format(at); }
  moment(at) { return this.#moment.format(at); }

  day(at, now) {
    const days = Math.round((midnight(now) - midnight(at)) / 86_400_000);
    if (days === 0) return this.say('today');
    if (days === -1) return this.say('tomorrow');
    return days === 1 ? this.say('yesterday') : this.#day.format(at);
  }

  /** When somebody is there again, day and time where the customer is. */
  opening(at, now) { return `${this.day(at, now)} ${this.clock(at)}`; }

  /** A wait range in words; `[least, most]` seconds, most null when open. Null: nothing known. */
  wait(range, isNobodyThere = false) {
    if (!range) return isNobodyThere ? this.say('wait.nobody') : null;
    const [least, most] = range.map((one) => (one === null ? null : Math.ceil(one / 60)));
    if (most === null) return this.say('wait.over', { n: Math.max(1, least) });
    if (most <= 1) return this.say('wait.soon');
    if (least < 1) return this.say('wait.within', { n: most });
    return least === most
      ? this.say('wait.about', { n: most }) : this.say('wait.between', { least, most });
  }
}

const midnight = (at) => new Date(at).setHours(0, 0, 0, 0);
