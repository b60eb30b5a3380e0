/** What a key says to whoever waits for a hotkey. */
export type Pressed =
  /** Keys as the settings have them: `Ctrl+Alt+D`. */
  | { type: 'keys'; keys: string }
  /** Only these are held yet. */
  | { type: 'held'; held: string[] }
  /** No hotkey; the id of the sentence that says why. */
  | { type: 'refused'; why: string }
  /** The person goes away, with or without the keyboard. */
  | { type: 'leave' | 'cancel' };

type Keys = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'altKey' | 'shiftKey' | 'metaKey'>;

/** The modifiers that are held, in the order of the settings. */
export function heldKeys(event: Keys): string[] {
  const modifiers = [
    ['Ctrl', event.ctrlKey],
    ['Alt', event.altKey],
    ['Shift', event.shiftKey],
    ['Super', event.metaKey],
  ] as const;
  return modifiers.filter(([, held]) => held).map(([name]) => name);
}

export function readHotkey(event: Keys): Pressed {
  const held = heldKeys(event);
  const bare = held.every((name) => name === 'Shift');
  if (bare && event.key === 'Tab') return { type: 'leave' };
  if (bare && event.key === 'Escape') return { type: 'cancel' };
  if (/^(Control|Alt|AltGraph|Shift|Meta|OS|Super)/.test(event.key)) return { type: 'held', held };
  const sign = signOf(event);
  if (sign === null) return { type: 'refused', why: 'hotkey-no-key' };
  if (bare) return { type: 'refused', why: 'hotkey-no-modifier' };
  return { type: 'keys', keys: [...held, sign].join('+') };
}

/** The key by what it writes; where Ctrl and Alt or the row of digits make it write something else, by where it is. */
function signOf({ key, code }: Keys): string | null {
  if (/^[a-z\d]$/i.test(key)) return key.toUpperCase();
  if (/^F([1-9]|1[0-2])$/.test(key)) return key;
  return /^(?:Key([A-Z])|Digit(\d))$/.exec(code)?.slice(1).find(Boolean) ?? null;
}
