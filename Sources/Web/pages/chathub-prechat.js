// What is asked before a chat begins, as the site file says (`widget`): what it is about, and a few
// questions. Drawn by chathub-widget-panel.js below the greeting. With topics alone the text field
// is there from the start; questions come first, and their answers go along with the first words.
// Who writes already when they come keeps his text field, but answers before it is sent.
import { buttons } from './chathub-buttons.js';
import { el, sheet } from './chathub-dom.js';

/** A list or text of the hub's attributes stays within its bytes whatever the alphabet. */
const ANSWER_CHARACTERS = 250;
const KINDS = {
  email: { type: 'email', autocomplete: 'email', inputmode: 'email' },
  phone: { type: 'tel', autocomplete: 'tel', inputmode: 'tel' },
  text: { type: 'text' },
};

export const styles = [buttons, sheet(`
.prechat { padding: 6px 16px 4px; font-size: 14px; overflow-y: auto; flex: none; max-height: 72%; }
.prechat fieldset { margin: 0 0 6px; padding: 0; border: 0; }
.prechat legend, .ask { padding: 0; font-size: 13px; color: var(--ch-soft); }
.topics { display: flex; flex-wrap: wrap; gap: 7px; padding: 6px 0 4px; }
.topic { position: relative; border: 1px solid var(--ch-accent); border-radius: 16px;
  padding: 5px 13px; color: var(--ch-accent); cursor: pointer; overflow-wrap: anywhere; }
.topic:hover { background: var(--ch-tint); color: var(--ch-on-tint); }
.topic:has(:checked) { background: var(--ch-accent); color: var(--ch-on-accent); }
.topic:focus-within { outline: 2px solid var(--ch-accent); outline-offset: 2px; }
.ask { display: block; margin-top: 9px; }
.ask input, .ask select { display: block; width: 100%; margin-top: 3px; padding: 8px 10px;
  font: inherit; font-size: 15px; color: var(--ch-text); background: var(--ch-surface);
  border: 1px solid var(--ch-line); border-radius: 9px; }
@media (pointer: coarse) { .ask input, .ask select { font-size: 16px; } }
.prechat [aria-invalid=true] .topic, .ask [aria-invalid=true] { border-color: var(--ch-bad); }
.wrong { margin: 3px 0 0; font-size: 13px; color: var(--ch-bad); }
.star { color: var(--ch-bad); }
.prechat .button { width: 100%; margin: 14px 0 12px; padding: 10px; }`)];

export const WORDS = {
  en: {
    'prechat.topic': 'What is it about?',
    'prechat.optional': '{label} (optional)',
    'prechat.choose': 'Please choose',
    'prechat.go': 'Continue',
    'prechat.missing.topic': 'Please say what it is about',
    'prechat.missing.choice': 'Please choose one',
    'prechat.missing': 'Please fill this in',
    'prechat.email': 'An e-mail address looks like name@example.com',
  },
  'zh-CN': {
    'prechat.topic': '请选择咨询类型',
    'prechat.optional': '{label}（选填）',
    'prechat.choose': '请选择',
    'prechat.go': '继续',
    'prechat.missing.topic': '请选择其中一项',
    'prechat.missing.choice': '请选择一项',
    'prechat.missing': '请填写此项',
    'prechat.email': '邮箱格式应类似 name@example.com',
  },
};

export class Part {
  node = el('section', { class: 'prechat', hidden: true });
  #panel;
  #drawn = '';
  /** What was filled in so far: in another language the form is drawn anew. */
  #typed = {};
  /** Whether it was tried to go on: from then on each field says what is wrong with it. */
  #isChecked = false;
  #isAnswered = false;
  /** Whether somebody wrote when the questions came: nobody's text field is taken away then. */
  #isWritingGoingOn = false;

  constructor(panel) {
    this.#panel = panel;
    panel.composer.addEventListener('chathub-held', () => {
      this.node.querySelector('form').requestSubmit();
    });
  }

  /** While there are questions, the first words come after them. */
  get takesText() { return this.holds && !this.#isWritingGoingOn; }

  /** Whether what is written has to wait for answers. */
  get holds() { return !this.node.hidden && this.#questions.length > 0; }

  get #questions() {
    return this.#isAnswered ? [] : this.#panel.client.site.prechat ?? [];
  }

  /** None when the page has said it already. */
  get #topics() {
    return this.#panel.pageTopic ? [] : this.#panel.client.site.topics ?? [];
  }

  draw() {
    const { client, composer, conversation, language } = this.#panel;
    if (conversation) {
      this.#isAnswered = false;
      this.#isChecked = false;
      this.#typed = {};
    }
    const isAsked = !conversation && !client.starting
      && this.#questions.length + this.#topics.length > 0;
    const drawn = isAsked ? JSON.stringify([language.tag, this.#questions, this.#topics]) : '';
    if (drawn === this.#drawn) return;
    if (!this.#drawn) {
      this.#isWritingGoingOn = composer.field.matches(':focus') && composer.text.trim() !== '';
    }
    this.#drawn = drawn;
    for (const { name, value } of this.node.querySelectorAll('.ask [name]')) {
      this.#typed[name] = value;
    }
    this.node.hidden = !isAsked;
    this.node.replaceChildren(...(isAsked ? [this.#form()] : []));
    if (isAsked && this.#isChecked) this.#check();
  }

  #say(key, values) { return this.#panel.language.say(key, values); }

  #form() {
    const questions = this.#questions;
    // The browser's own complaints are in the browser's language, and gone after a moment.
    return el('form', {
      novalidate: true,
      oninput: () => { if (this.#isChecked) this.#check(); },
      onsubmit: (event) => {
        event.preventDefault();
        this.#submit(event.target, questions);
      },
    },
    this.#topics.length > 0 && this.#topicChoice(questions.length === 0),
    questions.map((one) => this.#question(one)),
    questions.length > 0 && el('button', { class: 'button primary', type: 'submit' },
      this.#say('prechat.go')));
  }

  #submit(form, questions) {
    this.#isChecked = true;
    const [wrong] = this.#check();
    if (wrong) {
      wrong.focus();
      return;
    }
    this.#isAnswered = true;
    this.#panel.answers = answersOf(new FormData(form), questions);
    this.#panel.draw();
    this.#panel.focus();
  }

  /** Says beside each field what is wrong with it; answers the fields with which something is. */
  #check() {
    return [...this.node.querySelectorAll('.field')].map((field) => {
      const input = field.querySelector('input, select');
      const words = this.#complaint(input);
      const node = field.querySelector('.wrong');
      const marked = input.type === 'radio' ? field : input;
      node.textContent = words;
      node.hidden = !words;
      if (words) marked.setAttribute('aria-describedby', node.id);
      else marked.removeAttribute('aria-describedby');
      marked.setAttribute('aria-invalid', String(words !== ''));
      return words && input;
    }).filter(Boolean);
  }

  #complaint({ localName, type, value, required, validity }) {
    if (type === 'radio') return validity.valueMissing ? this.#say('prechat.missing.topic') : '';
    if (required && !value.trim()) {
      return this.#say(localName === 'select' ? 'prechat.missing.choice' : 'prechat.missing');
    }
    return validity.valid ? '' : this.#say(`prechat.${type}`);
  }

  #topicChoice(leadsOn) {
    return el('fieldset', {
      class: 'field', role: 'radiogroup', 'aria-required': !leadsOn && 'true',
    }, el('legend', {}, this.#say('prechat.topic'), !leadsOn && star()),
    el('div', { class: 'topics' }, this.#topics.map(({ id, name }) => {
      const input = el('input', {
        type: 'radio', name: 'topic', value: id, class: 'unseen', required: !leadsOn,
        onchange: () => { this.#panel.topic = id; },
        // By pointer one goes on to write; with the keyboard one still looks through them.
        onclick: (event) => { if (leadsOn && event.detail > 0) this.#panel.focus(); },
      });
      input.checked = id === this.#panel.topic;
      return el('label', { class: 'topic' }, input, this.#panel.language.pick(name) || id);
    })), complaintFor('topic'));
  }

  #question({ id, label, kind, required, choices = [] }) {
    const { language } = this.#panel;
    const words = language.pick(label) || id;
    const input = kind === 'choice' ? el('select', { name: id, required },
      el('option', { value: '' }, this.#say('prechat.choose')),
      choices.map((one) => el('option', { value: one.id }, language.pick(one.name) || one.id)))
      : el('input', { name: id, required, maxlength: ANSWER_CHARACTERS, ...KINDS[kind] });
    const known = this.#typed[id] ?? this.#panel.answers[id];
    if (known) input.value = known;
    return el('div', { class: 'field' },
      el('label', { class: 'ask' },
        required ? [words, star()] : this.#say('prechat.optional', { label: words }), input),
      complaintFor(`question-${id}`));
  }
}

/** Seen beside what has to be answered; screen readers know it by `required`. */
const star = () => el('span', { class: 'star', 'aria-hidden': 'true' }, ' *');

const complaintFor = (name) => el('p', { class: 'wrong', id: `${name}-wrong`, hidden: true });

/** What was answered, by the name of its attribute; what was left empty is left out. */
function answersOf(data, questions) {
  return Object.fromEntries(questions.map(({ id }) => [id, String(data.get(id) ?? '').trim()])
    .filter(([, answer]) => answer));
}
