// What the pages of those who answer say of times, beyond what customers are told.
import { Language } from './chathub-language.js';

const WORDS = {
  en: { seconds: '{n} s', minutes: '{n} min', hours: '{n} h' },
  'zh-CN': { seconds: '{n} 秒', minutes: '{n} 分钟', hours: '{n} 小时' },
};

export class PageLanguage extends Language {
  #date;

  constructor(tag, ...tables) {
    super(tag, WORDS, ...tables);
    this.#date = new Intl.DateTimeFormat(tag, { dateStyle: 'medium' });
  }

  date(at) { return this.#date.format(at); }

  /** How long, for a glance: seconds up to two minutes, then minutes, then hours. */
  duration(milliseconds) {
    const seconds = Math.max(0, Math.floor(milliseconds / 1000));
    if (seconds < 120) return this.say('seconds', { n: seconds });
    const minutes = Math.floor(seconds / 60);
    if (minutes < 120) return this.say('minutes', { n: minutes });
    return this.say('hours', { n: Math.floor(minutes / 60) });
  }
}
