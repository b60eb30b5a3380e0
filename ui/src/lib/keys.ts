/** A key of the pad. */
export interface PadKey {
  readonly digit: string;
  /** The letters of ITU-T E.161. */
  readonly letters: string;
  /** What a long press gives instead. */
  readonly long?: string;
}

export const PAD_KEYS: readonly PadKey[] = [
  { digit: '1', letters: '' },
  { digit: '2', letters: 'ABC' },
  { digit: '3', letters: 'DEF' },
  { digit: '4', letters: 'GHI' },
  { digit: '5', letters: 'JKL' },
  { digit: '6', letters: 'MNO' },
  { digit: '7', letters: 'PQRS' },
  { digit: '8', letters: 'TUV' },
  { digit: '9', letters: 'WXYZ' },
  { digit: '*', letters: '' },
  { digit: '0', letters: '+', long: '+' },
  { digit: '#', letters: '' },
];

/** How long a press is long, in milliseconds. */
export const LONG_PRESS_MS = 500;

/** Whether a keyboard key, pressed anywhere on the pad, belongs into its field. */
export function belongsToPad(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>): boolean {
  return !event.ctrlKey && !event.metaKey && !event.altKey && /^[0-9a-zA-Z+*#]$/.test(event.key);
}
