import type { Contact, ContactNumber } from '../bindings';
import type { Backend, Found } from '../backend/backend';

/** How long typing must rest before contacts are searched, in milliseconds. */
const REST_MS = 80;
/** Contacts that are offered at once. */
const MOST = 12;
const NOBODY: Found = { contacts: [], more: false };
/** Favourites above the keys. */
const FAVOURITES = 4;

/** A number that the pad offers by name. */
export interface Offer {
  contact: Contact;
  number: ContactNumber;
}

/** Names on the pad: who is meant by what was typed, and the favourites while nothing is. */
export class Finder {
  /** Every number of those who match. */
  offers = $state.raw<Offer[]>([]);
  /** A text that is no contact's name, as the agent said of it last. */
  nobody = $state<string | null>(null);
  /** Those with a number, while the field is empty. */
  favourites = $state.raw<Contact[]>([]);
  private readonly backend: Pick<Backend, 'searchContacts'>;
  /** Number of the newest question; answers to older ones are dropped. */
  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private answer: Promise<void> = Promise.resolve();
  private text = '';

  constructor(backend: Pick<Backend, 'searchContacts'>) {
    this.backend = backend;
  }

  /** What stands in the field changed. */
  type(text: string): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.text = text;
    this.asked += 1;
    if (isName(text)) this.timer = setTimeout(() => void this.search(), REST_MS);
    else this.offers = [];
  }

  /** Who matches the text of now, searched at once when that hasn't been done. */
  async current(): Promise<Offer[]> {
    if (this.timer !== undefined) void this.search();
    await this.answer;
    return this.offers;
  }

  async readFavourites(): Promise<void> {
    // Without them the keys are as good as ever.
    const { contacts } = await this.backend.searchContacts('', true, 0).catch(() => NOBODY);
    this.favourites = contacts.filter(({ numbers }) => numbers.length > 0).slice(0, FAVOURITES);
  }

  private search(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const mine = ++this.asked;
    const { text } = this;
    this.answer = (async () => {
      // A search that fails offers nothing: what was typed is judged as a number then.
      const found = await this.backend.searchContacts(text, false, MOST).catch(() => null);
      if (mine !== this.asked) return;
      this.offers = (found ?? NOBODY).contacts.flatMap((contact) => offersOf(contact));
      this.nobody = found?.contacts.length === 0 ? text : null;
    })();
    return this.answer;
  }
}

/** Whether a text may be somebody's name: it has letters, and what was pasted with a number in it isn't one. */
export function isName(text: string): boolean {
  return /\p{L}/u.test(text) && (text.match(/\d/g)?.length ?? 0) < 4;
}

export const offersOf = (contact: Contact): Offer[] => contact.numbers.map((number) => ({ contact, number }));
