import type { CallFilter, CallPage, CallQuery, CallView, Hole, Message } from '../bindings';
import { type Backend, sentenceOf } from '../backend/backend';
import { type Period, since } from './period';

/** How long typing must rest before the journal is searched, in milliseconds. */
const REST_MS = 120;
/** Calls a page; the agent gives at most {@link MOST}. */
const PAGE = 60;
const MOST = 200;

/** The journal as the window shows it: what is asked of it, and the pages that came. */
export class Journal {
  text = $state('');
  filter = $state<CallFilter>('all');
  account = $state<string | null>(null);
  period = $state<Period>(0);
  calls = $state.raw<CallView[]>([]);
  holes = $state.raw<Hole[]>([]);
  next = $state.raw<string | null>(null);
  failure = $state.raw<Message | null>(null);
  /** The first answer has come. */
  loaded = $state(false);

  private readonly backend: Pick<Backend, 'searchCalls'>;
  /** Number of the newest question; answers to older ones are dropped. */
  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private fetching = false;

  constructor(backend: Pick<Backend, 'searchCalls'>) {
    this.backend = backend;
  }

  /** Something narrows the list. */
  get narrowed(): boolean {
    return this.text.trim() !== '' || this.filter !== 'all' || this.account !== null || this.period !== 0;
  }

  /** The person types: the search follows once typing rests. */
  type(text: string): void {
    this.text = text;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.search(), REST_MS);
  }

  /** Asks anew, from the newest call. */
  search(): Promise<void> {
    return this.read(PAGE);
  }

  /** The journal changed: as many calls as are shown, read again. `keep` runs around the exchange, for the scroll place. */
  again(keep: (exchange: () => void) => void): Promise<void> {
    return this.read(Math.max(PAGE, this.calls.length), keep);
  }

  /** The next page, when there is one. */
  async more(): Promise<void> {
    if (this.next === null || this.fetching) return;
    this.fetching = true;
    const mine = this.asked;
    try {
      const page = await this.page(this.next, PAGE);
      if (mine !== this.asked) return;
      this.calls = [...this.calls, ...page.calls];
      this.holes = [...this.holes, ...page.holes];
      this.next = page.next;
    } catch (thrown) {
      if (mine === this.asked) this.failure = sentenceOf(thrown);
    } finally {
      this.fetching = false;
    }
  }

  /** Nothing more is asked. */
  stop(): void {
    clearTimeout(this.timer);
    this.asked += 1;
  }

  private async read(count: number, keep = (exchange: () => void) => exchange()): Promise<void> {
    clearTimeout(this.timer);
    const mine = ++this.asked;
    const all: CallPage = { calls: [], holes: [], next: null };
    try {
      do {
        const page = await this.page(all.next, Math.min(MOST, count - all.calls.length));
        if (mine !== this.asked) return;
        all.calls.push(...page.calls);
        all.holes.push(...page.holes);
        all.next = page.next;
      } while (all.next !== null && all.calls.length < count);
      keep(() => {
        ({ calls: this.calls, holes: this.holes, next: this.next } = all);
        this.failure = null;
        this.loaded = true;
      });
    } catch (thrown) {
      if (mine === this.asked) this.failure = sentenceOf(thrown);
    }
  }

  private page(after: string | null, limit: number): Promise<CallPage> {
    const { text, filter, account } = this;
    const query: CallQuery = { text, filter, account, from: since(this.period), until: null, after, limit };
    return this.backend.searchCalls(query);
  }
}
