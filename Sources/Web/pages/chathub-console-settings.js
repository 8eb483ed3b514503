// What one agent set for himself at this browser: sounds, notifications, the customer beside the
// chat. Kept over days and tabs; and the dialog that changes it. Used by chathub-console.js.
import { el } from './chathub-dom.js';

const DEFAULTS = { sound: true, notify: false, panel: true };

export class ConsoleSettings {
  #storage;
  #name;
  #values;

  /** `storage`: SafeStorage over localStorage. `name`: whose settings. */
  constructor(storage, name) {
    this.#storage = storage;
    this.#name = name;
    this.#values = { ...DEFAULTS, ...storage.getJSON(name) };
  }

  get(key) { return this.#values[key]; }

  set(key, value) {
    this.#values[key] = value;
    this.#storage.setJSON(this.#name, this.#values);
  }
}

/** Shows the settings. `app`: `dialog`, `language`, `settings`, `attention`. */
export function showSettings({ dialog, language, settings, attention }) {
  const state = el('p', { class: 'soft', role: 'status' });
  const notify = el('input', { type: 'checkbox', role: 'switch' });
  const say = () => {
    const { permission } = attention;
    notify.checked = settings.get('notify') && permission === 'granted';
    notify.disabled = permission === 'denied' || permission === 'none';
    state.textContent = notify.disabled ? language.say(`settings.notify.${permission}`) : '';
  };
  // The browser asks only after a person has pressed this: never because a page was opened.
  notify.addEventListener('change', async () => {
    settings.set('notify', notify.checked && await attention.askPermission());
    say();
  });
  const sound = el('input', { type: 'checkbox', role: 'switch', checked: settings.get('sound') });
  sound.addEventListener('change', () => {
    settings.set('sound', sound.checked);
    if (sound.checked) attention.try();
  });
  say();
  return dialog.show(language.say('settings'), [
    el('label', { class: 'setting' }, sound, el('span', {}, language.say('settings.sound'))),
    el('label', { class: 'setting' }, notify, el('span', {}, language.say('settings.notify'))),
    state,
  ], language.say('help.close'));
}
