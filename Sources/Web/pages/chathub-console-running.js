// For supervisors: what goes on at the moment, and into which chat to look. Used by
// chathub-console-top.js.
import { levelBadge } from './chathub-console-people.js';
import { el } from './chathub-dom.js';

/** Shows the chats that agents have; the one that is chosen is watched. */
export async function chooseRunning(app) {
  const { client, dialog, language, attempt, hands } = app;
  let running = null;
  if (!await attempt(async () => { running = await client.running(); })) return;
  const rows = el('ul', { class: 'running' }, running.map((one) => row(one, app)));
  const search = el('input', {
    type: 'search', class: 'search', 'aria-label': language.say('running.search'),
    placeholder: language.say('running.search'), autocomplete: 'off',
    oninput: () => {
      const wanted = search.value.trim().toLocaleLowerCase();
      for (const item of rows.children) {
        item.hidden = !item.textContent.toLocaleLowerCase().includes(wanted);
      }
    },
  });
  const answer = await dialog.ask({
    title: language.say('running'),
    body: running.length ? [search, rows]
      : el('p', { class: 'soft' }, language.say('running.none')),
    acts: [['', language.say('help.close'), 'primary']],
    kind: 'wide',
  });
  if (answer) await hands.watch(answer.act);
}

function row(one, { client, language }) {
  const id = one.customer?.id ?? '';
  const name = id.startsWith('v_') ? language.say('visitor', { n: id.slice(-4) }) : id;
  const agent = one.agent?.name ?? one.agent?.id;
  return el('li', {}, el('button', { type: 'submit', value: one.session },
    el('span', { class: 'line' }, el('strong', {}, el('bdi', {}, name)),
      levelBadge(one.level, language) ?? ''),
    el('span', { class: 'soft' }, el('bdi', {}, [agent,
      client.nameOfTopic(one.topic, language), client.nameOfGroup(one.group),
      language.duration(client.now() - one.since)].filter(Boolean).join(' · ')))));
}
