import type { Contact, Message } from '../bindings';
import { type Backend, sentenceOf } from '../backend/backend';

/** How long typing must rest before the contacts are searched, in milliseconds. */
const REST_MS = 120;
/** Most contacts that the agent gives at once. */
export const MOST = 200;

/** The contacts as the window shows them: what is asked for, and who matches. */
export class Book {
  text = $state('');
  contacts = $state.raw<Contact[]>([]);
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

  /** There may be more than are shown. */
  get cut(): boolean {
    return this.contacts.length >= MOST;
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
      const [contacts, favourites] = await Promise.all([
        this.backend.searchContacts(this.text, false, MOST),
        this.backend.searchContacts('', true, MOST),
      ]);
      if (mine !== this.asked) return;
      this.contacts = contacts;
      this.favourites = favourites;
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
