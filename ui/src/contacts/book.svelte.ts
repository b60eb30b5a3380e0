import type { Contact, Message } from '../bindings';
import { type Backend, sentenceOf } from '../backend/backend';

/** How long typing must rest before the contacts are searched, in milliseconds. */
const REST_MS = 120;

/** The contacts as the window shows them: what is asked for, and who matches. */
export class Book {
  text = $state('');
  contacts = $state.raw<Contact[]>([]);
  /** There are more than these. */
  more = $state(false);
  favourites = $state.raw<Contact[]>([]);
  failure = $state.raw<Message | null>(null);
  /** The first answer has come. */
  loaded = $state(false);

  private readonly backend: Pick<Backend, 'searchContacts'>;
  /** Number of the newest question; answers to older ones are dropped. */
  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(backend: Pick<Backend, 'searchContacts'>) {
    this.backend = backend;
  }

  get narrowed(): boolean {
    return this.text.trim() !== '';
  }

  /** The person types: the search follows once typing rests. */
  type(text: string): void {
    this.text = text;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.search(), REST_MS);
  }

  /** Asks anew; also when the contacts have changed. */
  async search(): Promise<void> {
    clearTimeout(this.timer);
    const mine = ++this.asked;
    try {
      const [found, favourites] = await Promise.all([
        this.backend.searchContacts(this.text, false, 0),
        this.backend.searchContacts('', true, 0),
      ]);
      if (mine !== this.asked) return;
      ({ contacts: this.contacts, more: this.more } = found);
      this.favourites = favourites.contacts;
      this.failure = null;
      this.loaded = true;
    } catch (thrown) {
      if (mine === this.asked) this.failure = sentenceOf(thrown);
    }
  }

  /** Nothing more is asked. */
  stop(): void {
    clearTimeout(this.timer);
    this.asked += 1;
  }
}

/** Up to two letters that stand for a name; none when it has no letter. */
export function initials(name: string): string {
  const words = name.match(/\p{L}[\p{L}\p{M}]*/gu) ?? [];
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toLocaleUpperCase();
}
