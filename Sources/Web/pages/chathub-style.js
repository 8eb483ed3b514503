// The colours and measures of all pages, light and dark, and the look of a conversation. Style
// sheets are constructed, so that a strict content security policy of any website allows them.
import { sheet } from './chathub-dom.js';

/**
 * Set on the widget's shadow host, or on a page's root of class `chathub`. `--chathub-...` are the
 * website's own wishes (Protocol/widget.md).
 */
export const tokens = sheet(`
:host(chathub-widget), :root.chathub {
  color-scheme: light dark;
  --ch-surface: light-dark(#fff, #1a1d1f);
  --ch-raised: light-dark(#fff, #23272a); --ch-sunken: light-dark(#efeeea, #121415);
  --ch-line: light-dark(#e3e1db, #31363a); --ch-text: light-dark(#1f2126, #e8e9ea);
  --ch-soft: light-dark(#5f636b, #a2a8ae);
  --ch-accent: var(--chathub-accent, light-dark(#2f5d50, #7fbfa9));
  --ch-accent-strong: color-mix(in oklab, var(--ch-accent) 84%, light-dark(#000, #fff));
  --ch-on-accent: var(--chathub-on-accent, light-dark(#fff, #10221c));
  --ch-tint: color-mix(in oklab, var(--ch-accent) 14%, var(--ch-surface));
  --ch-on-tint: color-mix(in oklab, var(--ch-accent) 45%, var(--ch-text));
  --ch-mine: var(--chathub-accent, light-dark(#2f5d50, #2d5a4d));
  --ch-on-mine: var(--chathub-on-accent, light-dark(#fff, #eef6f2));
  --ch-theirs: light-dark(#efeeea, #272b2e);
  --ch-warn: light-dark(#8a4b00, #f0c078); --ch-warn-tint: light-dark(#fdf1dd, #3a2e1a);
  --ch-bad: light-dark(#a8322a, #f3a39b); --ch-bad-tint: light-dark(#fbeae8, #402422);
 
  --ch-shadow: 0 1px 2px rgb(0 0 0 / .1), 0 12px 40px rgb(0 0 0 / .2);
  --ch-font: var(--chathub-font, system-ui, "PingFang SC", "Microsoft YaHei", sans-serif);
  --ch-radius: var(--chathub-radius, 14px);
}
:host([theme=light]) { color-scheme: light; }
:host([theme=dark]) { color-scheme: dark; }`);

/** Plain buttons, focus and hiding; adopted by every root. Font and colour come from the page. */
export const controls = sheet(`
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
button { font: inherit; color: inherit; cursor: pointer; border: 0; background: none; padding: 0; }
button:disabled { cursor: default; opacity: .45; }
:focus-visible { outline: 2px solid var(--ch-accent); outline-offset: 2px; }
.icon-button { display: grid; place-items: center; width: 34px; height: 34px; border-radius: 9px;
  color: var(--ch-soft); flex: none; }
.icon-button:hover { background: var(--ch-sunken); color: var(--ch-text); }
.link { color: var(--ch-accent); font-weight: 600; text-decoration: underline;
  text-underline-offset: 3px; text-decoration-thickness: 1px; }
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
  overflow-wrap: anywhere; }
.scroll { flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain;
  padding: 14px 16px 10px; scrollbar-width: thin; }
.scroll:focus-visible { outline-offset: -3px; }
ol { list-style: none; margin: 0; padding: 0; }
.older { display: block; margin: 2px auto 10px; font-size: 13px; }
.day, .system, .who { font-size: 12.5px; color: var(--ch-soft); }
.day, .system { text-align: center; margin: 14px 0 10px; }
.message { display: flex; flex-direction: column; align-items: flex-start; margin-top: 3px;
  padding-inline-end: 14%; }
.message.first { margin-top: 12px; }
.mine { align-items: flex-end; padding-inline: 14% 0; }
.who { margin: 0 2px 3px; max-width: 100%; }
.bubble { max-width: min(100%, 620px); padding: 8px 13px; border-radius: 16px;
  background: var(--ch-theirs);
  white-space: pre-wrap; contain: paint; unicode-bidi: plaintext; }
.mine .bubble { background: var(--ch-mine); color: var(--ch-on-mine); }
.mine:not(.first) .bubble { border-start-end-radius: 6px; }
.mine:not(.last) .bubble { border-end-end-radius: 6px; }
.theirs:not(.first) .bubble { border-start-start-radius: 6px; }
.theirs:not(.last) .bubble { border-end-start-radius: 6px; }
.deleted { font-style: italic; }
.bubble a { color: inherit; text-underline-offset: 3px; }
.meta { display: flex; gap: 8px; align-items: baseline; font-size: 12px; color: var(--ch-soft);
  margin: 3px 3px 0; }
.message:not(.last) .meta { display: none; }
.status:empty { display: none; }
.pending .bubble { background: var(--ch-tint); color: var(--ch-on-tint); }
.failed .bubble { background: var(--ch-bad-tint); color: var(--ch-bad); }
.failed .meta { color: var(--ch-bad); flex-wrap: wrap; justify-content: flex-end; }
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
:host { display: block; }
form { display: flex; align-items: flex-end; gap: 8px; margin: 0; padding: 5px 5px 5px 13px;
  border: 1px solid var(--ch-line); border-radius: 18px; background: var(--ch-raised); }
form:focus-within { border-color: var(--ch-accent); box-shadow: 0 0 0 1px var(--ch-accent); }
textarea { flex: 1; min-width: 0; border: 0; outline: 0 !important; resize: none; background: none;
  color: inherit; font: inherit; line-height: 22px; height: 34px; max-height: 154px;
  padding: 6px 0; overflow-y: auto; scrollbar-width: thin; }
@media (pointer: coarse) { textarea { font-size: 16px; } }
textarea::placeholder { color: var(--ch-soft); opacity: 1; }
.send { display: grid; place-items: center; width: 34px; height: 34px;
  border-radius: 50%; flex: none; background: var(--ch-accent); color: var(--ch-on-accent); }
.attach { margin-inline: -8px -5px; border-radius: 50%; }
.send:disabled { background: var(--ch-sunken); color: var(--ch-soft); opacity: 1; }
.note { margin: 6px 14px 0; font-size: 12.5px; color: var(--ch-bad); }`);
