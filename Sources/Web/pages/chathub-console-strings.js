// The words of the agent console, put together from the tables of its parts. Both languages have
// the same keys; a node test compares them.
import { HANDS } from './chathub-console-hands-strings.js';
import { LIFE } from './chathub-console-life-strings.js';
import { WHY } from './chathub-console-why-strings.js';
import { WORDS } from './chathub-console-words.js';

const TABLES = [WORDS, WHY, HANDS, LIFE];

export const CONSOLE = Object.fromEntries(['en', 'zh-CN'].map((tag) => [
  tag, Object.assign({}, ...TABLES.map((table) => table[tag])),
]));
