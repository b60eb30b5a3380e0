import type { Contact, ContactDraft, ContactsRequest, ImportPreview, Message, Settings, Source } from '../../bindings';
import type { Found } from '../backend';
import { says } from './state';

const bare = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** `+33199004000` as `01 99 00 40 00`. */
const shown = (dial: string) =>
  /^\+33\d{9}$/.test(dial) ? `0${dial.slice(3)}`.replace(/(\d{2})(?=\d)/g, '$1\u00a0') : dial;

/** What was typed as the agent would keep it. */
const dialled = (typed: string) => {
  const digits = typed.replace(/[\s.\u00a0-]/g, '');
  return /^0[1-9]\d{8}$/.test(digits) ? `+33${digits.slice(1)}` : digits;
};

let made = 0;

/** A contact of one's own, unless said otherwise. */
export function person(name: string, numbers: [string, string][], change: Partial<Contact> = {}): Contact {
  made += 1;
  return {
    id: `${made}`,
    name,
    company: null,
    numbers: numbers.map(([label, dial]) => ({ label, dial, display: shown(dial) })),
    note: null,
    favourite: false,
    own: true,
    why: says('party-why', { source: 'vos contacts', date: '12/01/2026' }),
    chosen: false,
    ...change,
  };
}

const SHARED: Partial<Contact> = {
  own: false,
  why: says('party-why', { source: 'le fichier equipe.vcf du dossier surveillé', date: '03/02/2026' }),
};

/** The book of a small company’s front desk. */
export function aBook(): Contact[] {
  const staff = [
    'Alba',
    'Bertille',
    'Côme',
    'Daphné',
    'Éloi',
    'Flore',
    'Gaspard',
    'Hermine',
    'Isaure',
    'Jade',
    'Loïs',
    'Maël',
  ];
  return [
    person(
      'Élodie Exemple',
      [
        ['mobile', '+33639981234'],
        ['work', '+33199004001'],
      ],
      {
        company: 'Menuiserie Exemple',
        favourite: true,
        note: 'Livraisons le mardi matin.\nDemander l’atelier pour les mesures.',
      },
    ),
    person('Standard de la mairie', [['work', '+33199007700']], { favourite: true }),
    person('Transports Modèle', [['work', '+33261914567']], { favourite: true }),
    person('Marguerite de la Fontaine-Duhamel', [['home', '+33536491122']], { favourite: true, ...SHARED }),
    ...staff.map((name, at) =>
      person(`${name} Échantillon`, [['work', `+331990050${String(at).padStart(2, '0')}`]], {
        company: at % 3 === 0 ? null : 'Cabinet Spécimen',
        ...(at % 4 === 0 ? SHARED : {}),
      }),
    ),
    person('Fournisseur étranger', [
      ['work', '+442079460000'],
      ['fax', '+442079460001'],
    ]),
  ].sort((a, b) => a.name.localeCompare(b.name, 'fr'));
}

/** Most contacts that an agent gives at once. */
const MOST = 200;

/** Those that match, favourites first. */
export function searchBook(book: readonly Contact[], text: string, favourites: boolean, limit: number): Found {
  const asked = bare(text)
    .split(/\s+/)
    .filter((word) => word !== '');
  const digits = text.replace(/[\s.]/g, '').replace(/^0/, '');
  const found = book.filter((contact) => {
    if (favourites && !contact.favourite) return false;
    if (/^\+?\d+$/.test(digits)) return contact.numbers.some((number) => number.dial.includes(digits));
    const words = bare([contact.name, contact.company].join(' ')).split(/\s+/);
    return asked.every((ask) => words.some((word) => word.startsWith(ask)));
  });
  const most = limit || MOST;
  return { contacts: found.slice(0, most), more: found.length > most };
}

/** A draft as it stands in the book afterwards. */
export function saved(draft: ContactDraft, before: Contact | undefined): Contact {
  const numbers = draft.numbers.map(({ label, number }): [string, string] => [label, dialled(number)]);
  const fresh = person(draft.name || draft.company || draft.numbers[0]?.number || '', numbers, {
    company: draft.company === '' || draft.name === '' ? null : draft.company,
    note: draft.note === '' ? null : draft.note,
    favourite: draft.favourite,
  });
  return { ...fresh, id: before?.id ?? fresh.id };
}

/** What a table written by a spreadsheet would bring. */
export function aPreview(): ImportPreview {
  return {
    file: 'clients 2026.csv',
    format: 'CSV · ; · Windows-1252',
    columns: [
      { header: 'Nom', field: 'family' },
      { header: 'Prénom', field: 'given' },
      { header: 'Société', field: 'company' },
      { header: 'Tél. portable', field: 'number-mobile' },
      { header: 'Code client', field: null },
    ],
    added: 118,
    updated: 4,
    sample: [
      person('Noé Clientèle', [['mobile', '+33639980101']], { company: 'Ateliers Témoin' }),
      person('Ombeline Clientèle', [['mobile', '+33639980102']]),
      person('Prosper Clientèle', [
        ['work', '+33199006003'],
        ['mobile', '+33639980103'],
      ]),
    ],
    rejected: [
      { line: 14, why: says('contact-rejected-blank') },
      { line: 57, why: says('contact-rejected-open-quote') },
      { line: 91, why: says('contact-rejected-too-many-cells') },
    ],
    rejected_count: 3,
    remarks: [
      {
        line: 23,
        contact: 'Ombeline Clientèle',
        what: says('contact-remark-odd-number', { number: '01 99 00' }),
      },
      { line: 40, contact: 'Prosper Clientèle', what: says('contact-remark-cut-note') },
    ],
    remark_count: 2,
  };
}

/** What a server that names callers has said last: nothing yet, that it was read, or what is wrong. */
export type ServerWord = 'nothing' | 'read' | Message;

/** Where the book comes from. */
export function someSources(
  book: readonly Contact[],
  { contacts_folder, carddav_url, ldap_url }: Settings,
  said: Record<'carddav' | 'ldap', ServerWord>,
): Source[] {
  const sources: Source[] = [
    { kind: 'own', name: '', contacts: book.filter(({ own }) => own).length, read_at: null, trouble: null },
  ];
  const read_at = '2026-03-04T11:20:00Z';
  if (contacts_folder !== null)
    sources.push({ kind: 'folder', name: contacts_folder, contacts: 4, read_at, trouble: null });
  const server = (kind: 'carddav' | 'ldap', name: string | null, contacts: number | null) => {
    const word = said[kind];
    if (name === null || word === 'nothing') return;
    const trouble = word === 'read' ? null : word;
    sources.push({
      kind,
      name,
      contacts: trouble && contacts ? 0 : contacts,
      read_at: trouble ? null : read_at,
      trouble,
    });
  };
  server('carddav', carddav_url, 128);
  server('ldap', ldap_url, null);
  return sources;
}

/** What one contact may be asked for. */
export type ContactChange = Extract<ContactsRequest, { type: 'delete' | 'favourite' }>;

export function changed(book: readonly Contact[], ask: ContactChange): Contact[] {
  if (ask.type === 'delete') return book.filter(({ id }) => id !== ask.id);
  return book.map((contact) => (contact.id === ask.id ? { ...contact, favourite: ask.favourite } : contact));
}
