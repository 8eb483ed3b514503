// The one script tag that puts a chat on any website:
//
//   <script type="module" src="https://hub.example/widget.js" data-site="demo"></script>
//
// Every data attribute, and `window.chathub`, which the page may call from the start, are in
// Protocol/widget.md. A strict content security policy needs the hub in script-src and connect-src
// and nothing else. Written so that it also runs as a classic script (no `import.meta`).
(() => {
  const isOurs = (one) => new URL(one.src, document.baseURI).pathname.endsWith('/widget.js');
  const all = [...document.querySelectorAll('script[src]')].filter(isOurs);
  const tag = document.currentScript ?? all.find((one) => one.dataset.site) ?? all[0];
  if (!tag || document.querySelector('chathub-widget')) return;
  const built = new Promise((resolve) => {
    if (document.body) resolve();
    else document.addEventListener('DOMContentLoaded', resolve, { once: true });
  });
  const load = (name) => import(new URL(name, tag.src).href);
  if (!tag.dataset.site) {
    built.then(async () => (await load('chathub-complaint.js')).complain());
    return;
  }
  let widget = null;
  /** What the page asked for before the widget was there. */
  const calls = [];
  const method = (name) => (...values) => {
    if (widget) widget[name](...values);
    else calls.push(() => widget[name](...values));
  };
  const api = {
    get isOpen() { return widget?.isOpen ?? false; },
    get unread() { return widget?.unread ?? 0; },
    get state() { return widget?.state ?? null; },
    on(event, act) {
      const listener = ({ detail }) => act(detail);
      document.addEventListener(`chathub-${event}`, listener);
      return () => document.removeEventListener(`chathub-${event}`, listener);
    },
  };
  for (const name of ['open', 'close', 'identify', 'setAttributes', 'setLevel']) {
    api[name] = method(name);
  }
  globalThis.chathub = api;
  const attach = async () => {
    await load('chathub-widget.js');
    await built;
    widget = document.createElement('chathub-widget');
    for (const { name, value } of tag.attributes) {
      if (name.startsWith('data-')) widget.setAttribute(name.slice('data-'.length), value);
    }
    for (const call of calls) call();
    document.body.append(widget);
  };
  attach().catch((error) => console.error('chathub', error));
})();
