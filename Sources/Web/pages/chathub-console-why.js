// Draws an explanation of the hub (`session.explain`): which rule and level, what happened so far,
// who was considered, and of a waiting session why nobody has it yet. Text only; used by
// chathub-console-hands.js.
import { el } from './chathub-dom.js';

const COUNTED = ['free', 'full', 'busy', 'away', 'dropped_off', 'offline'];

/** The nodes of one explanation. */
export function whyNodes(explanation, language) {
  const words = new Words(language);
  const rows = [
    [language.say('why.rule'), words.rule(explanation)],
    [language.say('why.level'), words.level(explanation)],
    [language.say('why.plan'), words.plan(explanation.plan)],
  ];
  return [
    el('dl', { class: 'why' }, rows.map(([name, value]) => [el('dt', {}, name),
      el('dd', {}, el('bdi', {}, value))])),
    explanation.waiting && waitingNodes(explanation.waiting, words),
    explanation.match && matchNodes(explanation.match, words),
    explanation.events.length > 0 && el('div', { class: 'why' },
      el('h3', {}, language.say('why.events')),
      el('ol', {}, explanation.events.map((event) => el('li', {}, words.event(event))))),
  ].filter(Boolean);
}

function waitingNodes(waiting, words) {
  const { language } = words;
  const next = waiting.next_step_ms === undefined ? null
    : language.say('why.next', { time: language.duration(waiting.next_step_ms) });
  return el('div', { class: 'why' },
    el('h3', {}, language.say('why.waiting')),
    el('p', {}, waiting.why.map((word) => words.reason(word)).join(' · ')),
    el('p', {}, language.say('why.ahead', { n: waiting.ahead })),
    next && el('p', {}, next),
    waiting.targets.map((target) => targetNode(target, words)));
}

function matchNodes(match, words) {
  return el('div', { class: 'why' },
    el('h3', {}, words.language.say('why.match')),
    el('p', {}, words.match(match)),
    el('p', {}, words.tieBreak(match.tie_break)),
    match.targets.map((target) => targetNode(target, words)));
}

/** A target: who is in it by number, then the first ones by name. */
function targetNode(target, words) {
  const others = target.examined.filter((one) => one.standing !== 'chosen');
  return el('div', { class: 'target' },
    el('p', {}, el('strong', {}, el('bdi', {}, target.name)), ' ', words.counts(target.counts)),
    (target.requirement ?? []).length > 0
      && el('p', {}, words.language.say('why.asks', { what: target.requirement.join(', ') })),
    others.length > 0 && el('ul', {}, others.map((one) => el('li', {},
      el('bdi', {}, one.agent.name), ': ', words.standing(one.standing)))));
}

/** The explanation's words in the person's language; what is unknown stays as it came. */
class Words {
  constructor(language) { this.language = language; }

  #say(key, word) {
    return this.language.has(`${key}.${word}`) ? this.language.say(`${key}.${word}`) : word;
  }

  standing(word) { return this.#say('standing', word); }
  reason(word) { return this.#say('reason', word); }

  rule({ rule, rule_index: index, version }) {
    if (rule === undefined) return '—';
    return version === undefined ? rule
      : this.language.say('why.rule.of', { rule, n: index + 1, version });
  }

  level({ level, level_source: source }) {
    const name = level > 0 ? this.language.say('level', { n: level })
      : this.language.say('ordinary');
    return source && source !== 'none' ? `${name} · ${this.#say('source', source)}` : name;
  }

  plan(steps) {
    return steps.map((step) => {
      const time = step.for_ms === undefined ? '' : ` (${this.language.duration(step.for_ms)})`;
      return `${step.open ? '●' : '○'} ${step.name}${time}`;
    }).join('  ');
  }

  counts(counts) {
    return COUNTED.filter((word) => counts[word] > 0)
      .map((word) => `${this.standing(word)} ${counts[word]}`).join(' · ');
  }

  match({ how, agent, by, at }) {
    const values = { agent: agent.name, by: by?.name ?? '', time: this.language.clock(at) };
    return this.language.say(`how.${how}`, values);
  }

  tieBreak({ selection, held, capacity, idle_ms: idle }) {
    const time = this.language.duration(idle);
    return `${this.#say('selection', selection)}: ${
      this.language.say('why.load', { held, capacity, time })}`;
  }

  event({ at, what, agent }) {
    const name = agent ? ` · ${agent.name}` : '';
    return `${this.language.clock(at)} ${this.#say('change', what)}${name}`;
  }
}
