// The one script tag that puts a chat on any website:
//
//   <script type="module" src="https://hub.example/widget.js" data-site="demo"></script>
//
// Further data attributes, all optional: data-level, data-topic, data-token (a signed customer
// token), data-locale (zh-CN or en), data-title, and any data-attr-NAME, which become attributes of
// the customer. A strict content security policy needs the hub in script-src and connect-src and
// nothing else. Written so that it also runs as a classic script (no `import.meta`).
(() => {
  const isOurs = (one) => new URL(one.src, document.baseURI).pathname.endsWith('/widget.js');
  const all = [...document.querySelectorAll('script[src]')].filter(isOurs);
  const tag = document.currentScript ?? all.find((one) => one.dataset.site) ?? all[0];
  if (!tag || document.querySelector('chathub-widget')) return;
  const whenBuilt = (act) => {
    if (document.body) act();
    else document.addEventListener('DOMContentLoaded', act, { once: true });
  };
  /** To whoever builds the page: nothing to see would be a riddle. */
  const complain = (words) => {
    console.error(`chathub: ${words}`);
    whenBuilt(() => {
      const note = document.createElement('p');
      note.textContent = `chathub: ${words}`;
      // A strict policy forbids style attributes, not this.
      note.style.cssText = 'position: fixed; bottom: 12px; right: 12px; max-width: 320px; '
        + 'padding: 12px; font: 14px sans-serif; color: #7a1f18; background: #fbeae8';
      document.body.append(note);
    });
  };
  if (!tag.dataset.site) {
    complain('the script tag of widget.js needs data-site="...", the name in the site file. '
      + 'widget.js 的 script 标签缺少 data-site 属性。');
    return;
  }
  const attach = () => {
    const widget = document.createElement('chathub-widget');
    for (const { name, value } of tag.attributes) {
      if (name.startsWith('data-')) widget.setAttribute(name.slice('data-'.length), value);
    }
    document.body.append(widget);
  };
  import(new URL('chathub-widget.js', tag.src).href).then(
    () => whenBuilt(attach),
    (error) => console.error('chathub: the widget could not be loaded', error),
  );
})();
