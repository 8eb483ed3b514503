// One customer: what is known of him, and his own agent, which can be changed here. Used by
// chathub-customers.js.
import { valueText } from './chathub-customers-api.js';
import { el } from './chathub-dom.js';

export async function showCustomer(app, id) {
  const { api, dialog, language, attempt } = app;
  let customer = null;
  if (!await attempt(async () => { customer = await api.read(id); })) return;
  const names = Object.keys(customer.attributes).sort();
  // One who is no agent of the site any more is still his.
  const own = customer.dedicated_agent;
  const agents = !own || app.agents.some((one) => one.id === own) ? app.agents
    : [...app.agents, { id: own, name: own }];
  const agent = el('select', { class: 'field', name: 'agent' },
    el('option', { value: '' }, language.say('customer.noAgent')),
    agents.map((one) => el('option', {
      value: one.id, selected: one.id === own,
    }, one.name)));
  const answer = await dialog.ask({
    title: id,
    body: [
      el('label', { class: 'labelled' }, el('span', {}, language.say('customer.agent')), agent),
      el('dl', { class: 'attributes' },
        customer.last_agent && [el('dt', {}, language.say('customer.last')),
          el('dd', {}, el('bdi', {}, app.nameOf(customer.last_agent)))],
        names.map((name) => [el('dt', {}, el('bdi', {}, name)),
          el('dd', {}, el('bdi', {}, valueText(customer.attributes[name])))]),
        customer.ratings.map(({ agent: rated, score, at }) => [
          el('dt', {}, language.say('customer.rated')),
          el('dd', {}, `${'★'.repeat(score)}${'☆'.repeat(5 - score)} `,
            el('bdi', {}, app.nameOf(rated)), ` · ${language.day(at, Date.now())}`)])),
      names.length === 0 && el('p', { class: 'none' }, language.say('customer.nothing')),
    ].filter(Boolean),
    acts: [['save', language.say('customer.save'), 'primary']],
    dismiss: language.say('cancel'),
    kind: 'wide',
  });
  if (!answer) return;
  const wanted = answer.data.get('agent') || null;
  if (wanted === (customer.dedicated_agent ?? null)) return;
  if (await attempt(() => api.change(id, { dedicated_agent: wanted }))) {
    app.say(language.say('customer.saved'));
    app.search();
  }
}
