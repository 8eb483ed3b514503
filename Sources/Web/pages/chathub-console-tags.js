// A chat's tags and what is written down about it, beside the chat. Used by
// chathub-console-customer.js.
import { suggestField } from './chathub-console-wrap.js';
import { el, icon } from './chathub-dom.js';

/** `app`: `client`, `language`, `dialog`, `attempt(act)`. */
export function tagSection(app, chat) {
  const { client, language, attempt } = app;
  const tags = chat.tags ?? [];
  const isOurs = ['owner', 'joined'].includes(client.standing(chat));
  const set = (next) => attempt(() => client.tag(chat, next));
  const chip = (tag) => el('span', { class: 'tag' }, el('bdi', {}, tag), isOurs && el('button', {
    type: 'button', 'aria-label': language.say('tags.remove', { name: tag }),
    onclick: () => set(tags.filter((one) => one !== tag)),
  }, icon('close', 12)));
  const { topic, result, note } = chat.disposition ?? {};
  if (!isOurs && tags.length === 0 && !topic && !result && !note) return '';
  return el('section', { class: 'tagging' },
    el('p', { class: 'chips' }, tags.map(chip), isOurs && el('button', {
      class: 'link', type: 'button', onclick: () => addTag(app, tags, set),
    }, language.say('tags.add')), isOurs && el('button', {
      class: 'link', type: 'button', onclick: () => writeDown(app, chat),
    }, language.say('wrap.save'))),
    (topic || result || note) && el('dl', {}, [['wrap.topic', topic], ['wrap.result', result],
      ['wrap.note', note]].filter(([, value]) => value).map(([key, value]) => [
        el('dt', {}, language.say(key)), el('dd', {}, el('bdi', {}, value)),
      ])));
}

async function addTag({ client, dialog, language }, tags, set) {
  const answer = await dialog.ask({
    title: language.say('tags.add'),
    body: suggestField(language.say('tags'), 'tag',
      (client.site?.tags ?? []).filter((one) => !tags.includes(one)), ''),
    acts: [['yes', language.say('save'), 'primary']],
    dismiss: language.say('cancel'),
  });
  const tag = answer?.data.get('tag').trim();
  if (tag && !tags.includes(tag)) await set([...tags, tag]);
}

/** Topic and result of a chat that may still go on. */
async function writeDown({ client, dialog, language, attempt }, chat) {
  const { topics = [], results = [] } = client.site?.dispositions ?? {};
  const { topic = '', result = '' } = chat.disposition ?? {};
  const answer = await dialog.ask({
    title: language.say('wrap'),
    body: [suggestField(language.say('wrap.topic'), 'topic', topics, topic),
      suggestField(language.say('wrap.result'), 'result', results, result)],
    acts: [['yes', language.say('save'), 'primary']],
    dismiss: language.say('cancel'),
  });
  if (!answer) return;
  const field = (name) => answer.data.get(name).trim();
  await attempt(() => client.wrap(chat, { topic: field('topic'), result: field('result') }));
}
