// Sets an agent's status in his place: which, and why, with the site's reasons to choose from. Used
// by chathub-board-agents.js.
import { el } from './chathub-dom.js';

const STATUSES = ['online', 'busy', 'away', 'offline'];
const REASON_CHARACTERS = 64;

export async function setStatusOf(app, agent) {
  const { client, dialog, language, attempt } = app;
  const name = agent.name ?? agent.id;
  const reasons = el('datalist', { id: 'status-reasons' });
  const suggest = (status) => reasons.replaceChildren(
    ...(client.site?.statuses?.[status] ?? []).map((value) => el('option', { value })));
  suggest(agent.status);
  const reason = el('input', {
    class: 'field', name: 'reason', value: agent.reason ?? '', list: 'status-reasons',
    maxlength: REASON_CHARACTERS, autocomplete: 'off',
  });
  const choose = (status) => {
    suggest(status);
    // The reason of one status is seldom that of another.
    reason.value = status === agent.status ? agent.reason ?? '' : '';
  };
  const answer = await dialog.ask({
    title: language.say('agents.setOf', { name }),
    body: [
      el('fieldset', { class: 'statuses' },
        el('legend', { class: 'unseen' }, language.say('agents.status')),
        STATUSES.map((status) => choice(status, status === agent.status, language, choose))),
      el('label', { class: 'labelled' }, el('span', {}, language.say('agents.reason')), reason,
        reasons),
    ],
    acts: [['set', language.say('agents.set'), 'primary']],
    dismiss: language.say('cancel'),
  });
  if (!answer) return;
  const wanted = [answer.data.get('status'), answer.data.get('reason').trim()];
  if (await attempt(() => client.setStatusOf(agent.id, ...wanted))) {
    app.say(language.say('agents.setDone', { name, status: language.say(`status.${wanted[0]}`) }));
  }
}

const choice = (status, isNow, language, choose) => el('label', {
  class: 'person', 'data-status': status,
}, el('input', {
  type: 'radio', name: 'status', value: status, checked: isNow, autofocus: isNow,
  onchange: () => choose(status),
}), el('i', { 'aria-hidden': 'true' }), el('span', {}, language.say(`status.${status}`)));
