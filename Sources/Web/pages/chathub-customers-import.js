// Loads a file of customers: looked through first without loading anything, then loaded, with what
// was wrong to be read and kept as a file. Used by chathub-customers.js.
import { el } from './chathub-dom.js';

/** Rows of the report that are shown; the file has all. */
const SHOWN = 50;

export class CustomersImport {
  #app;

  constructor(app) { this.#app = app; }

  async open() {
    const { dialog, language } = this.#app;
    const input = el('input', {
      type: 'file', name: 'file', required: true, class: 'field',
      accept: '.csv,.jsonl,.ndjson,text/csv',
    });
    const answer = await dialog.ask({
      title: language.say('load'),
      body: [
        el('p', { class: 'soft' }, language.say('load.form')),
        el('label', { class: 'labelled' }, el('span', {}, language.say('load.file')), input),
      ],
      acts: [['try', language.say('load.try'), 'primary']],
      dismiss: language.say('cancel'),
    });
    const file = answer?.data.get('file');
    if (!file?.size) return;
    const tried = await this.#send(file, true);
    if (tried && await this.#show(file, tried)) {
      const done = await this.#send(file, false);
      if (!done) return;
      this.#app.search();
      await this.#show(file, done);
    }
  }

  /** The report, or null when it could not be sent. */
  async #send(file, isDryRun) {
    const { api, attempt, dialog, language } = this.#app;
    const bar = el('progress', { max: 1, value: 0, 'aria-label': file.name });
    const shown = dialog.ask({
      title: language.say(isDryRun ? 'load.trying' : 'load.loading'),
      body: [el('p', {}, el('bdi', {}, file.name)), bar], acts: [],
    });
    let report = null;
    await attempt(async () => {
      report = await api.load(file, {
        isDryRun, onProgress: (share) => { bar.value = share; },
      });
    });
    dialog.close();
    await shown;
    return report;
  }

  /** What became of it. Answers whether it shall be loaded now. */
  async #show(file, report) {
    const { dialog, language } = this.#app;
    const { dry_run: isDryRun, bad_rows: bad } = report;
    const figures = [['rows', report.rows], [isDryRun ? 'good' : 'loaded', report.loaded],
      ...(isDryRun ? [] : [['new', report.new], ['known', report.known]]), ['bad', report.bad]];
    const answer = await dialog.ask({
      title: language.say(isDryRun ? 'load.tried' : 'load.done'),
      body: [
        el('p', {}, el('bdi', {}, file.name)),
        el('dl', { class: 'attributes' }, figures.map(([key, value]) => [
          el('dt', {}, language.say(`load.${key}`)),
          el('dd', {}, value.toLocaleString(language.tag))])),
        bad.length > 0 && el('div', { class: 'bad-rows' },
          el('h3', {}, language.say('load.badRows')),
          el('ol', {}, bad.slice(0, SHOWN).map(({ line, reason }) => el('li', {},
            el('strong', {}, language.say('load.line', { n: line })), ' ', el('bdi', {}, reason)))),
          el('button', {
            class: 'link', type: 'button', onclick: () => keepRejects(file, bad),
          }, language.say('load.keep', { n: bad.length }))),
      ].filter(Boolean),
      acts: isDryRun && report.loaded > 0
        ? [['load', language.say('load.now', { n: report.loaded }), 'primary']]
        : [['', language.say('help.close'), 'primary']],
      dismiss: isDryRun && report.loaded > 0 ? language.say('cancel') : null,
      kind: 'wide',
    });
    return answer?.act === 'load';
  }
}

/** A cell of a table, so that no program takes it for a formula. */
export function cell(text) {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** The rejected rows as a table: line, reason, and the line as it stands in the file. */
async function keepRejects(file, bad) {
  const lines = (await file.text()).split(/\r?\n/);
  const rows = bad.map(({ line, reason }) => [String(line), reason, lines[line - 1] ?? '']);
  const text = [['line', 'reason', 'row'], ...rows].map((row) => row.map(cell).join(','))
    .join('\r\n');
  const url = URL.createObjectURL(new Blob([`\ufeff${text}\r\n`], { type: 'text/csv' }));
  const link = el('a', { href: url, download: `rejected-${file.name.replace(/\.\w+$/, '')}.csv` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
