/** Longest text that the pad looks at, in UTF-16 units: no number and no signature is longer. */
export const LONGEST = 500;

/** Cuts what is longer than any text with a number in it. Line breaks stay: they keep two numbers apart. */
export function clip(text: string): string {
  return text.trim().slice(0, LONGEST);
}

/** The same on one line, for the field and for showing. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
