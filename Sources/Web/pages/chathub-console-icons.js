// The signs only the console draws, added to those of all pages.
import { PATHS } from './chathub-dom.js';

Object.assign(PATHS, {
  bell: 'M6 9.5a6 6 0 0 1 12 0c0 5 1.8 6.5 2 7H4c.2-.5 2-2 2-7M10 20a2.2 2.2 0 0 0 4 0',
  close: 'M6 6l12 12M18 6L6 18',
  edit: 'M4.5 19.5l.8-3.6L15.8 5.4a1.9 1.9 0 0 1 2.8 2.8L8.1 18.7z',
  hand: 'M4 12h13M12.5 6.5L18 12l-5.5 5.5',
  person: 'M12 11.5a3.8 3.8 0 1 0 0-7.6 3.8 3.8 0 0 0 0 7.6M4.5 20.2c.8-3.6 3.8-5.4 7.5-5.4s6.7 1.8'
    + ' 7.5 5.4',
});
