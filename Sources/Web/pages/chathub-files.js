// Files in a conversation: pictures that open large, everything else as a card with name, kind and
// size and a way to save it; and how far those are that are on their way. Loaded by chathub-talk.js
// with the first one.
//
// Pictures are painted on a canvas: a website's policy needs the hub in connect-src and nothing
// more, and nothing of a file's content ever becomes a part of the page. An address of a file is
// asked for when it is wanted and lasts for minutes.
import { el, icon, sheet } from './chathub-dom.js';
import { textNodes } from './chathub-links.js';
import { MOST_PIXELS, pixelsOf } from './chathub-pixels.js';

/** Longest side of what is kept of a picture: twice what is shown, for sharp screens. */
const KEPT_PIXELS = 640;
const MOST_KEPT = 60;
/** What is no picture of ours: `type` tells what the content shows; before that, what the browser
 * takes it for, which knows more names of the same. */
const KINDS = [[/^application\/pdf$/, 'PDF'], [/^text\//, 'TXT'],
  [/^application\/(zip|x-zip|vnd\.(openxmlformats|oasis))/, 'ZIP']];

const style = sheet(`
.bubble.holds-file { padding: 5px; white-space: normal; }
.holds-file .said { padding: 5px 8px 3px; white-space: pre-wrap; }
.picture { display: block; position: relative; width: 232px; height: 164px; max-width: 100%;
  border-radius: 12px; overflow: hidden; background: var(--ch-sunken); color: var(--ch-soft); }
.picture canvas { display: block; width: 100%; height: 100%; object-fit: cover; }
button.picture { cursor: zoom-in; }
.card { display: flex; align-items: center; gap: 11px; width: 264px; max-width: 100%;
  padding: 4px 6px 4px 4px; }
.card .kind { flex: none; display: grid; place-items: center; width: 42px; height: 46px;
  border-radius: 9px; font-size: 12px; font-weight: 700; background: var(--ch-surface);
  color: var(--ch-text); }
.card .about { min-width: 0; flex: 1; }
.card .name { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2;
  overflow: hidden; overflow-wrap: anywhere; font-size: 14px; line-height: 19px; }
.card .size { display: flex; flex-wrap: wrap; gap: 0 10px; font-size: 12.5px; }
.card button { color: inherit; font-weight: 600; text-decoration: underline;
  text-underline-offset: 3px; }
.holds-file .hint { padding: 4px 8px 2px; font-size: 13px; }
.holds-file progress { display: block; width: calc(100% - 8px); height: 5px; margin: 6px 4px 3px;
  border: 0; border-radius: 3px; overflow: hidden; appearance: none; background: var(--ch-line);
  accent-color: var(--ch-accent); }
.holds-file progress::-webkit-progress-bar { background: var(--ch-line); }
.holds-file progress::-webkit-progress-value { background: var(--ch-accent); }
.holds-file progress::-moz-progress-bar { background: var(--ch-accent); }
.large { position: fixed; inset: 0; width: 100%; height: 100%; max-width: none; max-height: none;
  margin: 0; padding: 0; border: 0; display: none; background: rgb(12 13 14 / .93);
  color: #f2f2f0; color-scheme: dark; font: 15px/1.5 var(--ch-font); }
.large[open] { display: grid; grid-template-rows: auto minmax(0, 1fr); }
.large header { display: flex; align-items: center; gap: 14px; padding: 12px 16px; border: 0; }
.large h2 { flex: 1; min-width: 0; margin: 0; font-size: 15px; font-weight: 600; overflow: hidden;
  white-space: nowrap; text-overflow: ellipsis; }
.large a, .large button { flex: none; color: inherit; font-weight: 600; padding: 6px 10px;
  border-radius: 9px; text-underline-offset: 3px; }
.large :focus-visible { outline-color: #fff; }
.large .stage { min-height: 0; padding: 0 16px 16px; display: grid; place-items: center; }
.large canvas { max-width: 100%; max-height: 100%; }`);

export const WORDS = {
  en: {
    'file.open': 'Open picture {name}',
    'file.full': 'Full size in a new tab',
    'file.save': 'Download',
    'file.saveName': 'Download {name}',
    'file.close': 'Close picture',
    'file.loading': 'Loading…',
    'file.huge': 'This picture is too large to be shown here.',
    'file.share': 'Sending {name}',
    'file.done': '{name} was sent',
    'file.failed': '{name} was not sent. {why}',
    'file.most': 'At most {size} each.',
  },
  'zh-CN': {
    'file.open': '查看图片 {name}',
    'file.full': '在新标签页查看原图',
    'file.save': '下载',
    'file.saveName': '下载 {name}',
    'file.close': '关闭图片',
    'file.loading': '加载中…',
    'file.huge': '图片尺寸过大，无法在此显示。',
    'file.share': '正在发送 {name}',
    'file.done': '{name} 已发送',
    'file.failed': '{name} 未发送。{why}',
    'file.most': '单个文件不超过 {size}。',
  },
};

/** What is kept of pictures, by file or by the key of one on its way: promises of bitmaps. */
const kept = new Map();
/** What was said to screen readers of those on their way, by key. */
const said = new Map();

/**
 * Puts the file of a message, or of an entry on its way, into a bubble. `scene`: `client`,
 * `language`, `session`, `root` (where styles and the large picture go) and `say(words)`.
 */
export function dress(bubble, one, scene) {
  const { language, root } = scene;
  if (!language.has('file.open')) language.learn(WORDS);
  if (!root.adoptedStyleSheets.includes(style)) root.adoptedStyleSheets.push(style);
  const { file, key, text } = one;
  // The same picture under its number, once it has one.
  if (key && file.id && kept.has(key)) keep(file.id, kept.get(key));
  bubble.classList.add('holds-file');
  bubble.replaceChildren(...[
    isPicture(file) ? picture(one, scene) : card(one, scene),
    text && el('div', { class: 'said', dir: 'auto' }, textNodes(text)),
    one.content && one.state === 'waiting' && progress(one, scene),
    hint(one, scene),
  ].filter(Boolean));
  tell(one, scene);
}

const isPicture = ({ type }) => /^image\/(png|jpeg|gif|webp)$/.test(type);

// Pictures

function picture(one, scene) {
  const { file } = one;
  const { language } = scene;
  const canvas = el('canvas', { 'aria-hidden': 'true' });
  // What is not sent yet lies here and cannot be opened.
  const node = one.seq
    ? el('button', {
      class: 'picture', type: 'button', title: file.name,
      'aria-label': language.say('file.open', { name: file.name }),
      onclick: () => enlarge(file, scene),
    }, canvas)
    : el('div', { class: 'picture', role: 'img', 'aria-label': file.name }, canvas);
  whenSeen(node, async () => {
    const bitmap = await bitmapOf(one, scene);
    if (bitmap) paint(canvas, bitmap);
    else node.replaceWith(card(one, scene));
  });
  return node;
}

/** Nothing is fetched for those far above that nobody scrolls to. */
function whenSeen(node, act) {
  const watch = new IntersectionObserver(([{ isIntersecting }]) => {
    if (!isIntersecting) return;
    watch.disconnect();
    act();
  });
  watch.observe(node);
}

/** A promise of the small picture; of null when it cannot be had or is none. */
function bitmapOf({ file, key, content }, scene) {
  const name = [file.id, key].find((one) => kept.has(one));
  if (name) return kept.get(name);
  const made = (content ? small(content) : fetched(file, scene).then(small)).catch(() => {
    // Not now, or not allowed here: the card still says what it is. Asked again when drawn again.
    kept.delete(file.id ?? key);
    return null;
  });
  keep(file.id ?? key, made);
  return made;
}

function keep(name, bitmap) {
  kept.set(name, bitmap);
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
}

/** Decoded, if it has no more pixels than a page should hold; else null. */
async function decoded(blob) {
  const pixels = pixelsOf(new Uint8Array(await blob.arrayBuffer()));
  return pixels && pixels <= MOST_PIXELS ? createImageBitmap(blob) : null;
}

/** Exported for tests. */
export async function small(blob) {
  const whole = await decoded(blob);
  if (!whole) return null;
  const by = Math.min(1, KEPT_PIXELS / Math.max(whole.width, whole.height));
  if (by === 1) return whole;
  const bitmap = await createImageBitmap(whole, {
    resizeWidth: Math.max(1, Math.round(whole.width * by)),
    resizeHeight: Math.max(1, Math.round(whole.height * by)),
    resizeQuality: 'medium',
  });
  whole.close();
  return bitmap;
}

function paint(canvas, bitmap) {
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext('2d').drawImage(bitmap, 0, 0);
}

async function fetched(file, scene) {
  const answer = await fetch(await addressOf(file, scene), { credentials: 'omit' });
  if (!answer.ok) throw new Error(`a file was answered with ${answer.status}`);
  return answer.blob();
}

async function addressOf({ id }, { client, session }) {
  const { url } = await client.link.request({ type: 'file.link', session, file: id });
  return new URL(url, client.hubAddress).href;
}

/** Over the whole window, until it is closed; the focus comes back to where it was. */
async function enlarge(file, scene) {
  const { language, root } = scene;
  const canvas = el('canvas', { role: 'img', 'aria-label': file.name });
  const note = el('p', { role: 'status' }, language.say('file.loading'));
  const full = el('a', { target: '_blank', rel: 'noopener noreferrer', hidden: true },
    language.say('file.full'));
  const stage = el('div', { class: 'stage' }, note);
  const dialog = el('dialog', {
    class: 'large',
    'aria-label': file.name,
    // Escape closes this, not what lies below.
    onkeydown: (event) => event.stopPropagation(),
    onclose: () => dialog.remove(),
    onclick: ({ target }) => { if (target === stage) dialog.close(); },
  }, el('header', {}, el('h2', {}, el('bdi', {}, file.name)), full, el('button', {
    type: 'button', onclick: () => dialog.close(),
  }, language.say('file.close'))), stage);
  root.append(dialog);
  dialog.showModal();
  try {
    const address = await addressOf(file, scene);
    full.href = address;
    full.hidden = false;
    const answer = await fetch(address, { credentials: 'omit' });
    if (!answer.ok) throw Object.assign(new Error('no picture'), { code: 'no_file' });
    const bitmap = await decoded(await answer.blob());
    if (bitmap) {
      paint(canvas, bitmap);
      stage.replaceChildren(canvas);
    } else {
      note.textContent = language.say('file.huge');
    }
  } catch (error) {
    note.textContent = language.sayCode(error.code ?? 'network');
  }
}

// Cards

function card(one, scene) {
  const { file } = one;
  const { language } = scene;
  const note = el('span', { role: 'status' });
  return el('div', { class: 'card' },
    el('span', { class: 'kind', 'aria-hidden': 'true' },
      KINDS.find(([types]) => types.test(file.type))?.[1] ?? icon('clip')),
    el('div', { class: 'about' },
      el('bdi', { class: 'name', title: file.name }, file.name),
      el('div', { class: 'size' }, el('span', {}, sizeWords(file.bytes, language)),
        one.seq && el('button', {
          type: 'button', 'aria-label': language.say('file.saveName', { name: file.name }),
          onclick: () => save(file, scene, note),
        }, language.say('file.save')), note)));
}

/** The hub sends it to be saved, never to be shown; should that fail, this page stays. */
async function save(file, scene, note) {
  note.textContent = '';
  try {
    const href = await addressOf(file, scene);
    el('a', { href, target: '_blank', rel: 'noopener noreferrer', download: file.name }).click();
  } catch (error) {
    if (!error.code) throw error;
    note.textContent = scene.language.sayCode(error.code);
  }
}

/** Thousands, as file managers count. */
export function sizeWords(bytes, { tag }) {
  const power = Math.min(3, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const number = new Intl.NumberFormat(tag, { maximumFractionDigits: power > 1 ? 1 : 0 });
  return `${number.format(bytes / 1000 ** power)} ${['B', 'kB', 'MB', 'GB'][power]}`;
}

// On their way

function progress(entry, { language }) {
  const bar = el('progress', {
    max: 1, 'aria-label': language.say('file.share', { name: entry.file.name }),
  });
  bar.value = entry.share;
  entry.onShare = (share) => { bar.value = share; };
  return bar;
}

function hint({ code }, { client, language }) {
  const most = client.site?.files?.max_bytes;
  return code === 'file_too_big' && most && el('div', { class: 'hint' },
    language.say('file.most', { size: sizeWords(most, language) }));
}

/** For screen readers: that it goes, that it went, or why it did not. Each once. */
function tell({ file: { name }, key, state, code, seq }, { language, say }) {
  const before = said.get(key);
  const now = seq ? 'done' : state === 'failed' ? `failed:${code}` : 'share';
  if (!key || before === now || (seq && !before)) return;
  said.set(key, now);
  if (seq) said.delete(key);
  const why = code && language.sayCode(code);
  say(language.say(`file.${now.split(':')[0]}`, { name, why }));
}
