// The one script tag that puts a chat on any website:
//
//   <script type="module" src="https://hub.example/widget.js" data-site="demo"></script>
//
// Further data attributes, all optional: data-level, data-topic, data-token (a signed customer
// token), data-locale (zh-CN or en), data-title, and any data-attr-NAME, which become attributes of
// the customer. A strict content security policy needs the hub in script-src and connect-src and
// nothing else. Written so that it also runs as a classic script (no `import.meta`).
(() => {
  const tag = document.currentScript
    ?? [...document.querySelectorAll('script[data-site]')]
      .find((one) => new URL(one.src, document.baseURI).pathname.endsWith('/widget.js'));
  if (!tag || document.querySelector('chathub-widget')) return;
  const attach = () => {
    const widget = document.createElement('chathub-widget');
    for (const { name, value } of tag.attributes) {
      if (name.startsWith('data-')) widget.setAttribute(name.slice('data-'.length), value);
    }
    document.body.append(widget);
  };
  import(new URL('chathub-widget.js', tag.src).href).then(() => {
    if (document.body) attach();
    else document.addEventListener('DOMContentLoaded', attach, { once: true });
  }, (error) => console.error('chathub: the widget could not be loaded', error));
})();
