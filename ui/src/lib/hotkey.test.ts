import { expect, test } from 'vitest';

import { readHotkey } from './hotkey';

const bare = { ctrlKey: false, altKey: false, shiftKey: false, metaKey: false };
const ctrlAlt = { ...bare, ctrlKey: true, altKey: true };
const press = (key: string, code: string, held: Partial<typeof bare> = {}) =>
  readHotkey({ key, code, ...bare, ...held });

test.each([
  ['d', 'KeyD', ctrlAlt, 'Ctrl+Alt+D'],
  // A French keyboard: the digits are on their keys’ upper side, and letters are where other letters are elsewhere.
  ['&', 'Digit1', ctrlAlt, 'Ctrl+Alt+1'],
  ['a', 'KeyQ', ctrlAlt, 'Ctrl+Alt+A'],
  ['€', 'KeyE', ctrlAlt, 'Ctrl+Alt+E'],
  ['F9', 'F9', { shiftKey: true, metaKey: true }, 'Shift+Super+F9'],
  ['7', 'Numpad7', { ctrlKey: true }, 'Ctrl+7'],
])('%s (%s) is a hotkey', (key, code, held, keys) => {
  expect(press(key, code, held)).toEqual({ type: 'keys', keys });
});

test('what would take a key from whoever types is none', () => {
  expect(press('d', 'KeyD')).toEqual({ type: 'refused', why: 'hotkey-no-modifier' });
  expect(press('D', 'KeyD', { shiftKey: true })).toEqual({ type: 'refused', why: 'hotkey-no-modifier' });
  expect(press('Enter', 'Enter', ctrlAlt)).toEqual({ type: 'refused', why: 'hotkey-no-key' });
  expect(press('F13', 'F13', ctrlAlt)).toEqual({ type: 'refused', why: 'hotkey-no-key' });
});

test('modifiers alone are waited on, and the person can go away', () => {
  expect(press('Alt', 'AltLeft', ctrlAlt)).toEqual({ type: 'held', held: ['Ctrl', 'Alt'] });
  expect(press('Tab', 'Tab', { shiftKey: true })).toEqual({ type: 'leave' });
  expect(press('Escape', 'Escape')).toEqual({ type: 'cancel' });
});
