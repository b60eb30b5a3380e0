import type { Contact, ContactDraft } from '../bindings';
import { plain } from '../i18n/words';

/** A number in the form. `was`: as it came, so that a number that nobody touched goes back as it is kept. */
export interface Line {
  label: string;
  text: string;
  was: { text: string; dial: string } | null;
}

/** The form's numbers for a contact; an empty one to begin with. */
export function linesOf(contact: Contact | null): Line[] {
  if (contact === null || contact.numbers.length === 0) return [{ label: 'mobile', text: '', was: null }];
  return contact.numbers.map(({ label, display, dial }) => {
    const text = plain(display);
    return { label, text, was: { text, dial } };
  });
}

/** What was typed, as the agent takes it: numbers without text are none. */
export function draftOf(form: Omit<ContactDraft, 'numbers'> & { lines: readonly Line[] }): ContactDraft {
  const { lines, ...rest } = form;
  const numbers = lines
    .filter(({ text }) => text.trim() !== '')
    .map(({ label, text, was }) => ({ label, number: text === was?.text ? was.dial : text.trim() }));
  return { ...rest, name: rest.name.trim(), company: rest.company.trim(), note: rest.note.trim(), numbers };
}
