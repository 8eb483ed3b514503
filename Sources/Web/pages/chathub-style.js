// The colours and measures of all pages, light and dark, and the look of a conversation. Style
// sheets are constructed, so that a strict content security policy of any website allows them.
import { sheet } from './chathub-dom.js';

const LIGHT = `
  color-scheme: light;
  --ch-ground: #f6f5f2; --ch-surface: #ffffff; --ch-raised: #ffffff; --ch-sunken: #efeeea;
  --ch-line: #e3e1db; --ch-text: #1f2126; --ch-soft: #5f636b; --ch-accent: #2f5d50;
  --ch-accent-strong: #244a40; --ch-on-accent: #ffffff; --ch-tint: #e6efeb;
  --ch-on-tint: #1f4338; --ch-warn: #8a4b00; --ch-warn-tint: #fdf1dd; --ch-bad: #a8322a;
  --ch-bad-tint: #fbeae8; --ch-theirs: #efeeea; --ch-mine: #2f5d50; --ch-on-mine: #ffffff;
  --ch-good: #2e7d51; --ch-gold: #84610a; --ch-gold-tint: #f7eed3;
  --ch-shadow: 0 1px 2px rgb(30 30 30 / .06), 0 12px 40px rgb(30 30 30 / .16);`;
const DARK = `
  color-scheme: dark;
  --ch-ground: #131517; --ch-surface: #1a1d1f; --ch-raised: #23272a; --ch-sunken: #121415;
  --ch-line: #31363a; --ch-text: #e8e9ea; --ch-soft: #a2a8ae; --ch-accent: #7fbfa9;
  --ch-accent-strong: #97d0bc; --ch-on-accent: #10221c; --ch-tint: #203a32;
  --ch-on-tint: #cfe9df; --ch-warn: #f0c078; --ch-warn-tint: #3a2e1a; --ch-bad: #f3a39b;
  --ch-bad-tint: #402422; --ch-theirs: #272b2e; --ch-mine: #2d5a4d; --ch-on-mine: #eef6f2;
  --ch-good: #7cc79b; --ch-gold: #e3c371; --ch-gold-tint: #393016;
  --ch-shadow: 0 1px 2px rgb(0 0 0 / .4), 0 12px 40px rgb(0 0 0 / .55);`;

/** Set on the widget's shadow host, or on a page's root of class `chathub`. */
export const tokens = sheet(`
:host(chathub-widget), :root.chathub {
  ${LIGHT}
  --ch-font: system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Hiragino Sans GB",
    "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif;
  --ch-radius: 14px;
}
@media (prefers-color-scheme: dark) {
  :host(chathub-widget), :root.chathub { ${DARK} }
}`);

/** Buttons, focus and hiding; adopted by every root. */
export const controls = sheet(`
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
button { font: inherit; color: inherit; cursor: pointer; border: 0; background: none; padding: 0; }
button:disabled { cursor: default; opacity: .45; }
:focus-visible { outline: 2px solid var(--ch-accent); outline-offset: 2px; }
.button { border-radius: 9px; padding: 8px 14px; font-weight: 600; font-size: 14px;
  line-height: 20px;
  background: var(--ch-sunken); color: var(--ch-text); }
.button:hover:enabled { background: var(--ch-line); }
.button.primary { background: var(--ch-accent); color: var(--ch-on-accent); }
.button.primary:hover:enabled { background: var(--ch-accent-strong); }
.button.danger { color: var(--ch-bad); }
.icon-button { display: grid; place-items: center; width: 34px; height: 34px; border-radius: 9px;
  color: var(--ch-soft); flex: none; }
.icon-button:hover { background: var(--ch-sunken); color: var(--ch-text); }
.link { color: var(--ch-accent); font-weight: 600; text-decoration: underline;
  text-underline-offset: 3px; text-decoration-thickness: 1px; }
.link.danger { color: var(--ch-bad); }
.avatar { display: grid; place-items: center; flex: none; width: 36px; height: 36px;
  border-radius: 50%; background: var(--ch-tint); color: var(--ch-on-tint); font-weight: 650;
  overflow: hidden; user-select: none; }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; }
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { animation: none !important; transition: none !important;
    scroll-behavior: auto !important; }
}`);

export const talkStyle = sheet(`
:host { display: flex; flex-direction: column; min-height: 0; position: relative; flex: 1;
  font: 15px/1.5 var(--ch-font); color: var(--ch-text); }
.scroll { flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain;
  padding: 14px 16px 10px; scrollbar-width: thin; }
.scroll:focus-visible { outline-offset: -3px; }
ol { list-style: none; margin: 0; padding: 0; }
.older { display: block; margin: 2px auto 10px; font-size: 13px; }
.day, .system { text-align: center; font-size: 12.5px; color: var(--ch-soft); margin: 14px 0 10px;
  overflow-wrap: anywhere; }
.message { display: flex; flex-direction: column; align-items: flex-start; margin-top: 3px;
  padding-inline-end: 14%; }
.message.first { margin-top: 12px; }
.message.mine { align-items: flex-end; padding-inline: 14% 0; }
.who { font-size: 12.5px; color: var(--ch-soft); margin: 0 2px 3px; max-width: 100%;
  overflow-wrap: anywhere; }
.bubble { max-width: min(100%, 620px); padding: 8px 13px; border-radius: 16px;
  background: var(--ch-theirs);
  white-space: pre-wrap; overflow-wrap: anywhere; contain: paint; unicode-bidi: plaintext; }
.message.mine .bubble { background: var(--ch-mine); color: var(--ch-on-mine); }
.message.mine:not(.first) .bubble { border-start-end-radius: 6px; }
.message.mine:not(.last) .bubble { border-end-end-radius: 6px; }
.message.theirs:not(.first) .bubble { border-start-start-radius: 6px; }
.message.theirs:not(.last) .bubble { border-end-start-radius: 6px; }
.bubble a { color: inherit; text-underline-offset: 3px; }
.meta { display: flex; gap: 8px; align-items: baseline; font-size: 12px; color: var(--ch-soft);
  margin: 3px 3px 0; }
.message:not(.last) .meta { display: none; }
.pending .meta { display: flex; }
.pending.message.mine .bubble { background: var(--ch-tint); color: var(--ch-on-tint); }
.pending.failed .bubble { background: var(--ch-bad-tint) !important;
  color: var(--ch-bad) !important; }
.pending.failed .meta { color: var(--ch-bad); flex-wrap: wrap; justify-content: flex-end; }
.meta button { font-size: 12px; }
.arrives { animation: arrive .22s ease-out; }
@keyframes arrive { from { opacity: 0; transform: translateY(6px); } }
.typing { display: flex; align-items: center; gap: 9px; min-height: 26px; font-size: 13px;
  color: var(--ch-soft); padding-top: 8px; }
.dots { display: inline-flex; gap: 4px; }
.dots i { width: 6px; height: 6px; border-radius: 50%; background: currentColor;
  animation: dot 1.3s infinite ease-in-out; }
.dots i:nth-child(2) { animation-delay: .16s; } .dots i:nth-child(3) { animation-delay: .32s; }
@keyframes dot { 0%, 60%, 100% { opacity: .3; } 30% { opacity: 1; } }
.jump { position: absolute; bottom: 10px; inset-inline: 0; margin-inline: auto; width: fit-content;
  display: flex; align-items: center; gap: 6px; padding: 6px 12px 6px 9px; border-radius: 99px;
  font-size: 13px; font-weight: 600; background: var(--ch-raised); color: var(--ch-text);
  border: 1px solid var(--ch-line); box-shadow: 0 4px 14px rgb(0 0 0 / .14); }`);

export const composerStyle = sheet(`
:host { display: block; font: 15px/1.5 var(--ch-font); color: var(--ch-text); }
form { display: flex; align-items: flex-end; gap: 8px; margin: 0; padding: 5px 5px 5px 13px;
  border: 1px solid var(--ch-line); border-radius: 18px; background: var(--ch-raised); }
form:focus-within { border-color: var(--ch-accent); box-shadow: 0 0 0 1px var(--ch-accent); }
textarea { flex: 1; min-width: 0; border: 0; outline: 0 !important; resize: none; background: none;
  color: inherit; font: inherit; line-height: 22px; height: 34px; max-height: 154px;
  padding: 6px 0; overflow-y: auto; scrollbar-width: thin; }
@media (pointer: coarse) { textarea { font-size: 16px; } }
textarea::placeholder { color: var(--ch-soft); opacity: 1; }
.send { display: grid; place-items: center; width: 34px; height: 34px; border-radius: 50%;
  flex: none; background: var(--ch-accent); color: var(--ch-on-accent); }
.send:disabled { background: var(--ch-sunken); color: var(--ch-soft); opacity: 1; }
.note { margin: 6px 14px 0; font-size: 12.5px; color: var(--ch-bad); }`);
