import { describe, expect, test } from 'vitest';

import { BackendError, type Found } from '../backend/backend';
import { aBook, person } from '../backend/fake/contacts';
import { FakeAgent } from '../backend/fake/fake';
import { ready, says } from '../backend/fake/state';
import { ContactsImport } from '../state/import.svelte';
import { Book, initials } from './book.svelte';
import { draftOf, linesOf } from './draft';

const now = new Date('2026-03-04T13:05:00Z');

function desk() {
  const agent = new FakeAgent(ready(now));
  agent.book = aBook();
  return agent;
}

test('initials are letters of the first and the last word, whatever stands around them', () => {
  expect(initials('Élodie Exemple')).toBe('ÉE');
  expect(initials('  «marie-claire»  d’Exemple')).toBe('ME');
  expect(initials('Standard')).toBe('S');
  expect(['01 99 00', '', '<>', '\u202e'].map(initials)).toEqual(['', '', '', '']);
});

test('an answer that a newer question overtook is dropped', async () => {
  const answers: ((found: Found) => void)[] = [];
  const book = new Book({ searchContacts: () => new Promise((answer) => answers.push(answer)) });
  const [first, second] = [book.search(), book.search()];
  const [old, fresh] = [[person('Ancienne', [])], [person('Nouvelle', [])]];
  for (const answer of answers.slice(2)) answer({ contacts: fresh, more: false });
  for (const answer of answers.slice(0, 2)) answer({ contacts: old, more: true });
  await Promise.all([first, second]);
  expect(book.contacts).toEqual(fresh);
  expect(book.more).toBe(false);
});

test('that there are more contacts is the agent’s word, not a guess from how many came', async () => {
  const agent = desk();
  const book = new Book(agent.backend);
  agent.book = Array.from({ length: 200 }, (_, at) => person(`Personne ${at}`, []));
  await book.search();
  expect([book.contacts.length, book.more]).toEqual([200, false]);
  agent.book = [...agent.book, person('Une autre', [])];
  await book.search();
  expect([book.contacts.length, book.more]).toEqual([200, true]);
});

describe('the form of a contact', () => {
  const contact = person('Personne', [['work', '+33199004001']], { company: 'Exemple' });
  const form = { id: contact.id, name: ' Personne ', company: '', note: '', favourite: false };

  test('a number that nobody touched goes back as it is kept', () => {
    expect(draftOf({ ...form, lines: linesOf(contact) }).numbers).toEqual([{ label: 'work', number: '+33199004001' }]);
  });

  test('what was typed goes as typed, and empty lines go nowhere', () => {
    const lines = linesOf(contact).map((line) => ({ ...line, text: ' 06 39 98 00 00 ' }));
    const draft = draftOf({ ...form, lines: [...lines, ...linesOf(null)] });
    expect(draft).toMatchObject({ name: 'Personne', numbers: [{ label: 'work', number: '06 39 98 00 00' }] });
  });
});

describe('an import', () => {
  test('is read, written and taken back', async () => {
    const agent = desk();
    const before = agent.book.length;
    const what = new ContactsImport(agent.backend);
    await what.choose('');
    expect([what.preview?.added, agent.book.length]).toEqual([118, before]);
    await what.write();
    expect([what.preview, what.taken?.rejected, agent.book.length]).toEqual([null, 3, before + 3]);
    await what.undo();
    expect([what.undone?.removed, agent.book.length]).toEqual([118, before]);
    what.forget();
    expect(what.open).toBe(false);
  });

  test('no file chosen: nothing is opened, and what stood there stays', async () => {
    const agent = desk();
    const what = new ContactsImport(agent.backend);
    agent.chosen = null;
    await what.choose('');
    expect(what.open).toBe(false);
  });

  test('a file that can’t be read is said, and another one may be chosen', async () => {
    const agent = desk();
    const what = new ContactsImport(agent.backend);
    agent.failing.set('withFile', new BackendError({ code: 'failed', message: says('contacts-file-empty') }));
    await what.choose('');
    expect([what.open, what.failure?.id]).toEqual([true, 'contacts-file-empty']);
    await what.choose('');
    expect([what.failure, what.preview?.file]).toEqual([null, 'clients 2026.csv']);
  });

  test('one that is cancelled while it runs leaves its sentence', async () => {
    const agent = desk();
    const what = new ContactsImport(agent.backend);
    await what.choose('');
    agent.holding.add('import');
    agent.failing.set('import', new BackendError({ code: 'failed', message: says('contacts-error-cancelled') }));
    const writing = what.write();
    await what.cancel();
    expect(what.running).toBe(true);
    agent.release();
    await writing;
    expect([what.running, what.preview, what.failure?.id]).toEqual([false, null, 'contacts-error-cancelled']);
  });
});
