// The look of <chathub-widget>: a launcher, a panel beside it, a full screen on phones. What is
// inherited is set on the frame, not on the host: a page's `* { font-family: x !important }` hits
// the host whatever is said here.
import { sheet } from './chathub-dom.js';

export const widgetStyle = sheet(`
:host { all: initial; position: fixed; z-index: var(--chathub-z-index, 2147483000);
  inset-block-end: var(--chathub-inset-block, 20px);
  inset-inline-end: var(--chathub-inset-inline, 20px); }
:host([side=left]) { inset-inline: var(--chathub-inset-inline, 20px) auto; }
:host([side=left]) .panel { inset-inline: 0 auto; transform-origin: 0 100%; }
:host([launcher=none]) .launcher { display: none; }
:host([launcher=none]) .panel { inset-block-end: 0; }
.frame { all: initial; color-scheme: inherit; display: block; font: 15px/1.5 var(--ch-font);
  color: var(--ch-text); }
.launcher { position: relative; display: grid; place-items: center; width: 58px; height: 58px;
  border-radius: 50%; background: var(--ch-accent); color: var(--ch-on-accent);
  box-shadow: 0 6px 22px rgb(0 0 0 / .22); transition: transform .16s ease, background .16s; }
.launcher:hover { background: var(--ch-accent-strong); transform: translateY(-2px); }
.launcher:focus-visible { outline-offset: 3px; }
.badge { position: absolute; top: -3px; inset-inline-end: -3px; min-width: 22px; height: 22px;
  padding: 0 6px; border-radius: 11px; background: #c0392b; color: #fff; font-size: 12.5px;
  font-weight: 700; line-height: 22px; text-align: center; }
.panel { position: absolute; inset-block-end: 74px; inset-inline-end: 0; display: flex;
  flex-direction: column; width: 384px; height: min(640px, 100dvh - 114px); overflow: hidden;
  background: var(--ch-surface); border: 1px solid var(--ch-line); border-radius: 18px;
  box-shadow: var(--ch-shadow); animation: open .18s ease-out; transform-origin: 100% 100%; }
@keyframes open { from { opacity: 0; transform: translateY(10px) scale(.98); } }
header { display: flex; align-items: center; gap: 11px; padding: 13px 10px 13px 16px;
  border-bottom: 1px solid var(--ch-line); }
.title { flex: 1; min-width: 0; }
h2, p { margin: 0; }
.title h2 { font-size: 16px; font-weight: 650; line-height: 22px; white-space: nowrap;
  overflow: hidden; text-overflow: ellipsis; }
.title p { font-size: 13px; line-height: 18px; color: var(--ch-soft); }
.language { font-size: 13px; font-weight: 600; width: auto; padding: 0 9px; }
.banner { display: flex; align-items: baseline; gap: 10px; padding: 9px 16px; font-size: 13.5px;
  background: var(--ch-warn-tint); color: var(--ch-warn); }
.banner span { flex: 1; }
.banner .link { color: inherit; flex: none; }
.queue { margin: 12px 14px 0; padding: 14px 16px; border-radius: var(--ch-radius);
  background: var(--ch-tint); color: var(--ch-on-tint); display: flex; gap: 14px;
  align-items: center; }
.place { flex: none; min-width: 46px; height: 46px; padding: 0 8px; border-radius: 23px;
  display: grid; place-items: center; font-size: 21px; font-weight: 700; line-height: 1;
  background: var(--ch-surface); font-variant-numeric: tabular-nums; }
.queue .where { font-weight: 650; }
.queue .wait { font-size: 13.5px; }
.queue .exit { font-size: 13px; margin-top: 4px; display: flex; flex-wrap: wrap; gap: 4px 12px; }
.queue .link { color: inherit; }
footer { padding: 8px 12px calc(12px + env(safe-area-inset-bottom)); }
@media (max-width: 520px), (max-height: 460px) {
  .panel { position: fixed; inset: 0; width: auto; height: 100dvh; border: 0; border-radius: 0; }
  :host .frame.open .launcher { display: none; }
  header { padding-top: calc(13px + env(safe-area-inset-top)); }
}
@media (forced-colors: active) { .launcher, .panel, .bubble { border: 1px solid; } }
@media print { :host { display: none; } }`);
