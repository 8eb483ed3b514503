// Asks for a colleague: who is there, who has a free slot, in which groups, as the hub tells at
// that moment. For assigning, handing over and inviting. Used by chathub-console-hands.js.
import { el } from './chathub-dom.js';

/**
 * Shows the dialog and answers `{agent, data}` (an identifier, the form), or null. `title`, `yes`,
 * `body`: more fields. `mayBeFull`: also who has no free slot or is away may be chosen. `without`:
 * identifiers that make no sense here.
 */
export async function askForAgent(app, {
  title, yes, body = null, mayBeFull = false, without = [],
}) {
  const { client, dialog, language, attempt } = app;
  let colleagues = null;
  if (!await attempt(async () => { colleagues = await client.colleagues(); })) return null;
  const shown = colleagues.filter(({ id, reachability }) => !without.includes(id)
    && reachability !== 'gone').sort(byFreedom);
  const list = el('fieldset', { class: 'people' },
    el('legend', { class: 'unseen' }, title),
    shown.map((one) => row(one, app, mayBeFull)),
    shown.length === 0 && el('p', { class: 'soft' }, language.say('people.nobody')));
  const search = el('input', {
    type: 'search', class: 'search', 'aria-label': language.say('people.search'),
    placeholder: language.say('people.search'), autocomplete: 'off',
    oninput: () => {
      const wanted = search.value.trim().toLocaleLowerCase();
      for (const label of list.querySelectorAll('label')) {
        label.hidden = !label.textContent.toLocaleLowerCase().includes(wanted);
      }
    },
  });
  list.querySelector('input:enabled')?.setAttribute('checked', '');
  const answer = await dialog.ask({
    title,
    body: [shown.length > 6 && search, list, body].filter(Boolean),
    acts: [['yes', yes, 'primary']],
    dismiss: language.say('cancel'),
  });
  const agent = answer?.data.get('agent');
  return agent ? { agent, data: answer.data } : null;
}

const isFree = ({ status, reachability, held, capacity }) => status === 'online'
  && reachability === 'connected' && held < capacity;

/** Free ones first, then by how much is left, then by name. */
function byFreedom(left, right) {
  const rank = (one) => (isFree(one) ? 0 : one.status === 'online' ? 1 : 2);
  return rank(left) - rank(right)
    || (right.capacity - right.held) - (left.capacity - left.held)
    || (left.name ?? left.id).localeCompare(right.name ?? right.id);
}

function row(one, { client, language }, mayBeFull) {
  const names = (one.groups ?? []).map((id) => (
    client.agent?.groups?.find((group) => group.id === id)?.name ?? id));
  const standing = one.reachability === 'grace' ? language.say('standing.dropped_off')
    : [language.say(`status.${one.status}`), one.reason].filter(Boolean).join(' · ');
  const load = language.say('load', { held: one.held, capacity: one.capacity });
  return el('label', { class: 'person', 'data-status': one.status },
    el('input', {
      type: 'radio', name: 'agent', value: one.id, required: true,
      disabled: !mayBeFull && !isFree(one),
    }),
    el('i', { 'aria-hidden': 'true' }),
    el('span', { class: 'text' }, el('strong', {}, el('bdi', {}, one.name ?? one.id)),
      el('span', { class: 'soft' }, el('bdi', {}, names.join(' · ')))),
    el('span', { class: 'side' }, el('span', {}, standing), el('span', { class: 'soft' }, load)));
}
