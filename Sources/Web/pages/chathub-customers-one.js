// One customer: what is known of him and his own agent, both of which can be changed here, and how
// he rated. Used by chathub-customers.js.
import { AttributeFields } from './chathub-customers-attributes.js';
import { el } from './chathub-dom.js';

export async function showCustomer(app, id) {
  const { api, dialog, language, attempt } = app;
  let customer = null;
  if (!await attempt(async () => { customer = await api.read(id); })) return;
  const own = customer.dedicated_agent ?? '';
  const agent = agentField(app, own);
  const attributes = new AttributeFields(language, customer.attributes);
  const body = [
    el('label', { class: 'labelled' }, el('span', {}, language.say('customer.agent')), agent),
    attributes.node, ...dealings(app, customer),
  ];
  // What was refused is still there to be mended.
  for (;;) {
    const answer = await dialog.ask({
      title: id, body, acts: [['save', language.say('customer.save'), 'primary']],
      dismiss: language.say('cancel'), kind: 'wide',
    });
    const change = {
      ...(agent.value !== own && { dedicated_agent: agent.value || null }),
      ...(Object.keys(attributes.change).length && { attributes: attributes.change }),
    };
    if (!answer || Object.keys(change).length === 0) return;
    if (await attempt(() => api.change(id, change))) break;
  }
  app.say(language.say('customer.saved'));
  app.search();
}

function agentField(app, own) {
  const { language } = app;
  // One who is no agent of the site any more is still his.
  const agents = !own || app.agents.some((one) => one.id === own) ? app.agents
    : [...app.agents, { id: own, name: own }];
  return el('select', { class: 'field', name: 'agent' },
    el('option', { value: '' }, language.say('customer.noAgent')),
    agents.map((one) => el('option', {
      value: one.id, selected: one.id === own,
    }, one.name)));
}

/** Who talked with him, and how he found it; nothing if nobody did. */
function dealings(app, customer) {
  const { language } = app;
  const rows = [
    ...(customer.last_agent
      ? [[language.say('customer.last'), app.nameOf(customer.last_agent), '']] : []),
    ...customer.ratings.map(({ agent, score, at }) => [language.say('customer.rated'),
      app.nameOf(agent), ['', `${'★'.repeat(score)}${'☆'.repeat(5 - score)}`,
        language.day(at, Date.now())].join(' · ')]),
  ];
  return rows.length === 0 ? [] : [el('dl', { class: 'attributes' },
    rows.map(([name, who, more]) => [el('dt', {}, name), el('dd', {}, el('bdi', {}, who), more)]))];
}
