// Tells whoever builds the page what is wrong: nothing to see would be a riddle. Loaded by
// widget.js.
export function complain() {
  const words = 'chathub: the script tag of widget.js needs data-site="...", the name in the site '
    + 'file. widget.js 的 script 标签缺少 data-site 属性。';
  console.error(words);
  const note = document.createElement('p');
  note.textContent = words;
  // A strict policy forbids style attributes, not this.
  note.style.cssText = 'position: fixed; bottom: 12px; right: 12px; max-width: 320px; '
    + 'padding: 12px; font: 14px sans-serif; color: #7a1f18; background: #fbeae8';
  document.body.append(note);
}
