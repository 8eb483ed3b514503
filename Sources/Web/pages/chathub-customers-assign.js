// Gives all customers of a filter agents of their own, spread evenly: first how many each would
// get, then for good. Used by chathub-customers.js.
import { el } from './chathub-dom.js';

export async function assignMany(app, where, count) {
  const { api, dialog, language, attempt } = app;
  const boxes = app.agents.map((one) => el('label', { class: 'setting' },
    el('input', { type: 'checkbox', name: 'agent', value: one.id }),
    el('bdi', {}, one.name)));
  const chosen = await dialog.ask({
    title: language.say('assign.many'),
    body: [
      el('p', {}, language.say('assign.whom', { n: count ?? '…' })),
      el('fieldset', { class: 'choices' },
        el('legend', {}, language.say('assign.to')), boxes),
    ],
    acts: [['preview', language.say('assign.preview'), 'primary']],
    dismiss: language.say('cancel'),
  });
  const agents = chosen?.data.getAll('agent') ?? [];
  if (agents.length === 0) return;
  let preview = null;
  if (!await attempt(async () => {
    preview = await api.assign({ where, agents, preview: true });
  })) return;
  const sure = await dialog.ask({
    title: language.say('assign.sure', { n: preview.assigned }),
    body: spread(app, preview),
    acts: [['yes', language.say('assign.yes'), 'primary']],
    dismiss: language.say('cancel'),
  });
  if (!sure) return;
  if (await attempt(async () => {
    const done = await api.assign({ where, agents });
    app.say(language.say('assign.done', { n: done.assigned }));
  })) app.search();
}

function spread(app, { agents }) {
  const { language } = app;
  return el('table', {}, el('caption', { class: 'unseen' }, language.say('assign.spread')),
    el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, language.say('agents.agent')),
      el('th', { scope: 'col' }, language.say('customers')))),
    el('tbody', {}, agents.map(({ agent, customers }) => el('tr', {},
      el('th', { scope: 'row' }, el('bdi', {}, app.nameOf(agent))),
      el('td', {}, String(customers))))));
}
