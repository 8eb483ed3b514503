// All the widget's words in both languages and those of error codes: what the console has in common
// with it. The widget itself loads one language.
import { CODES } from './chathub-codes.js';
import { WORDS as EN } from './chathub-words-en.js';
import { WORDS as ZH } from './chathub-words-zh.js';

export const COMMON = {
  en: { ...EN, ...CODES.en },
  'zh-CN': { ...ZH, ...CODES['zh-CN'] },
};
