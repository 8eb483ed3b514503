// The words of the agent console, put together from the tables of its parts. Both languages have
// the same keys; a node test compares them.
import { WHY } from './chathub-console-why-strings.js';
import { WORDS } from './chathub-console-words.js';

const TABLES = [WORDS, WHY];

export const CONSOLE = Object.fromEntries(['en', 'zh-CN'].map((tag) => [
  tag, Object.assign({}, ...TABLES.map((table) => table[tag])),
]));
