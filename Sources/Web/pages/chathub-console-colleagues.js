// Asks for a colleague or a group: who is there, who has a free slot, in which groups, as the hub
// tells at that moment. For assigning, handing over and inviting. Used by chathub-console-hands.js.
import { el } from './chathub-dom.js';

/**
 * Shows the dialog and answers `{agent, group, data}` (one identifier of the two, the form), or
 * null. `title`, `yes`; `body`: more fields; `groups`: `{id, name}` that may be chosen, too;
 * `mayBeFull`: also who has no free slot or is away; `without`: who makes no sense here.
 */
export async function askWhom(app, {
  title, yes, body = null, groups = [], mayBeFull = false, without = [],
}) {
  const { client, dialog, language, attempt } = app;
  let colleagues = null;
  if (!await attempt(async () => { colleagues = await client.colleagues(); })) return null;
  const shown = colleagues.filter(({ id, reachability }) => !without.includes(id)
    && reachability !== 'gone').sort(byFreedom);
  const list = el('fieldset', { class: 'people' },
    el('legend', { class: 'unseen' }, title),
    shown.map((one) => personRow(one, app, mayBeFull)),
    shown.length === 0 && el('p', { class: 'soft' }, language.say('people.nobody')),
    groups.length > 0 && el('h3', {}, language.say('people.groups')),
    groups.map((one) => groupRow(one, shown, app)));
  // No group by itself: with nobody free there the customer would wait anew.
  list.querySelector('input[value^="agent:"]:enabled')?.setAttribute('checked', '');
  const answer = await dialog.ask({
    title,
    body: [shown.length + groups.length > 6 && searchField(list, language), list, body]
      .filter(Boolean),
    acts: [['yes', yes, 'primary']],
    dismiss: language.say('cancel'),
  });
  const [kind, id] = (answer?.data.get('whom') ?? '').split(':');
  return id ? { [kind]: id, data: answer.data } : null;
}

function searchField(list, language) {
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
  return search;
}

const isThere = ({ status, reachability }) => status === 'online' && reachability === 'connected';
const isFree = (one) => isThere(one) && one.held < one.capacity;

/** Free ones first, then by how much is left, then by name. */
function byFreedom(left, right) {
  const rank = (one) => (isFree(one) ? 0 : ['online', 'busy', 'away', 'offline']
    .indexOf(one.status) + 1);
  return rank(left) - rank(right)
    || (right.capacity - right.held) - (left.capacity - left.held)
    || (left.name ?? left.id).localeCompare(right.name ?? right.id);
}

const radio = (value, isDisabled = false) => el('input', {
  type: 'radio', name: 'whom', value, required: true, disabled: isDisabled,
});

function personRow(one, { client, language }, mayBeFull) {
  const names = (one.groups ?? []).map((id) => client.nameOfGroup(id));
  const standing = one.reachability === 'grace' ? language.say('standing.dropped_off')
    : [language.say(`status.${one.status}`), one.reason].filter(Boolean).join(' · ');
  return el('label', { class: 'person', 'data-status': one.status },
    radio(`agent:${one.id}`, one.status === 'offline' || (!mayBeFull && !isFree(one))),
    el('i', { 'aria-hidden': 'true' }),
    el('span', { class: 'text' }, el('strong', {}, el('bdi', {}, one.name ?? one.id)),
      el('span', { class: 'soft' }, el('bdi', {}, names.join(' · ')))),
    el('span', { class: 'side' }, el('span', {}, standing), el('span', { class: 'soft' },
      language.say('load', { held: one.held, capacity: one.capacity }))));
}

/** A group, with how many of its agents have a free slot. */
function groupRow({ id, name }, colleagues, { language }) {
  const there = colleagues.filter((one) => one.groups?.includes(id) && isThere(one));
  const free = there.filter(isFree).length;
  const words = free ? 'people.free' : there.length ? 'people.noneFree' : 'people.noneThere';
  return el('label', { class: 'person group-choice', 'data-status': free ? 'online' : 'offline' },
    radio(`group:${id}`), el('i', { 'aria-hidden': 'true' }),
    el('span', { class: 'text' }, el('strong', {}, el('bdi', {}, name))),
    el('span', { class: 'side' }, language.say(words, { n: free })));
}
