// Buttons with a face. Beside chathub-style.js, so that the widget loads them with the first card
// that has some.
import { sheet } from './chathub-dom.js';

export const buttons = sheet(`
.button { border-radius: 9px; padding: 8px 14px; font-weight: 600; font-size: 14px;
  line-height: 20px;
  background: var(--ch-sunken); color: var(--ch-text); }
.button:hover:enabled { background: var(--ch-line); }
.button.primary { background: var(--ch-accent); color: var(--ch-on-accent); }
.button.primary:hover:enabled { background: var(--ch-accent-strong); }
.button.danger { color: var(--ch-bad); }
.link.danger { color: var(--ch-bad); }`);
