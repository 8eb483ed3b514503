// Colours that only the pages of those who answer have, beyond those of chathub-style.js.
import { sheet } from './chathub-dom.js';

export const pageTokens = sheet(`
:root.chathub {
  --ch-ground: light-dark(#f6f5f2, #131517); --ch-good: light-dark(#2e7d51, #7cc79b);
  --ch-gold: light-dark(#84610a, #e3c371); --ch-gold-tint: light-dark(#f7eed3, #393016);
}`);
