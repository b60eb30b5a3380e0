import { getContext, setContext } from 'svelte';

import type { Check, Dial, Message, Place, Snapshot } from '../bindings';
import { type Backend, type Link, type News, sentenceOf } from '../backend/backend';
import { wordsFor } from '../i18n/shared';
import { needsCode } from '../lib/enrolled';
import type { Page } from '../settings/pages';
import type { First } from './first';
import { ContactsImport } from './import.svelte';
import { Notes } from './notes.svelte';
import { type Named, Pad } from './pad.svelte';

/** All that the page knows: the agent's last snapshot, and where the person is. Nothing here can't be fetched again. */
export class App {
  readonly backend: Backend;
  readonly pad: Pad;
  readonly import: ContactsImport;
  readonly notes: Notes;
  snapshot = $state.raw<Snapshot | null>(null);
  link = $state<Link>('connecting');
  /** Why the agent refuses this window, when it does. */
  refusal = $state.raw<Message | null>(null);
  place = $state<Place>('pad');
  /** The page of the settings that was asked for; taken once they are shown. */
  wanted: Page | null = null;
  /** The relay's address that stands in the enrolment form once it is shown; the form takes it. */
  enrolAt = $state<string | null>(null);
  /** This computer was enrolled a moment ago: the settings say what is left to do. */
  enrolled = $state(false);
  /** The steps of the connection test that runs or ran last. */
  steps = $state.raw<Check[]>([]);
  /** Why the agent couldn't be started from here. */
  startFailure = $state.raw<Message | null>(null);
  /** Counts the times that somebody asked for the window, so that places can take the focus again. */
  shown = $state(0);
  /** What a screen reader is told politely; a place may say something here. */
  announcement = $state('');
  /** Revision of the snapshot held. */
  private newest = 0;
  private readonly first: First;
  /** Whether the person still has to be told that this page takes the place of one that died. */
  restarted = $state(false);
  readonly words = $derived.by(() => wordsFor(this.snapshot?.language ?? this.first.language));
  /** `light`, `dark` or `system`. */
  readonly theme = $derived.by(() => this.snapshot?.settings.theme ?? this.first.theme);

  constructor(backend: Backend, first: First) {
    this.backend = backend;
    this.first = first;
    this.restarted = first.restarted;
    this.import = new ContactsImport(backend);
    this.notes = new Notes(backend);
    this.pad = new Pad(backend, {
      snapshot: () => this.snapshot,
      accept: (snapshot) => this.take(snapshot),
      showPad: () => (this.place = 'pad'),
    });
  }

  /** The card that covers the pad; none once the person went on from a finished call. */
  get dialling(): Dial | null {
    const dial = this.snapshot?.dial ?? null;
    return this.pad.hasLeft(dial) ? null : dial;
  }

  /** Begins to listen; the first snapshot decides where a first start begins. */
  async start(): Promise<void> {
    await this.backend.follow((news) => this.hear(news));
  }

  /**
   * One press on a call's "Call back" or a contact's "Call": dials as a press on the pad does, from the call's own line or the
   * default one, and shows the card. `whom`: who was pressed; several may share the number.
   */
  callBack(number: string, account: string | null, whom: Named | null = null): void {
    this.place = 'pad';
    this.pad.fill(number, account, whom);
    void this.pad.call();
  }

  /** Leads to the page of the settings that mends something. */
  openSettings(page: Page): void {
    this.wanted = page;
    this.place = 'settings';
  }

  /** Leads to the form that takes an enrolment code, with the relay's address in it. */
  enterCode(relay: string): void {
    this.enrolAt = relay;
    this.openSettings('connection');
    this.shown += 1;
  }

  /** Fetches the state of now, for what must hold before the next press; where that fails it comes by itself. */
  async refresh(): Promise<void> {
    const snapshot = await this.backend.snapshot().catch(() => null);
    if (snapshot !== null) this.take(snapshot);
  }

  async startAgent(): Promise<void> {
    this.startFailure = null;
    try {
      await this.backend.startAgent();
    } catch (thrown) {
      this.startFailure = sentenceOf(thrown);
    }
  }

  private hear(news: News): void {
    switch (news.type) {
      case 'link':
        // Another agent may answer from now on, and it counts anew.
        if (news.link === 'up') this.newest = 0;
        this.link = news.link;
        this.refusal = news.message;
        if (news.link === 'up') this.startFailure = null;
        break;
      case 'snapshot':
        this.take(news.snapshot);
        break;
      case 'show':
        this.show(news.place, news.fill);
        break;
      case 'test_step':
        this.steps = [...this.steps.filter((s) => s.name !== news.check.name), news.check];
        break;
      case 'preview_progress':
        this.import.read(news.percent);
        break;
      case 'import_progress':
        this.import.progress = { done: news.done, total: news.total };
        break;
    }
  }

  /** An answer and a change may overtake each other: what is older than the state held says nothing. */
  private take(snapshot: Snapshot): void {
    if (snapshot.revision < this.newest) return;
    this.newest = snapshot.revision;
    const before = this.snapshot;
    this.snapshot = snapshot;
    if (before === null && this.pad.waiting) this.pad.leaveCard();
    if (this.place !== 'pad' || this.pad.text !== '') return;
    if (before === null && snapshot.mode === 'unset') this.place = 'settings';
    // It was set up but for the code: that comes before anything else.
    if (needsCode(snapshot) && !(before !== null && needsCode(before))) this.openSettings('connection');
  }

  /** A place, from its beginning. */
  visit(place: Place): void {
    this.place = place;
    this.shown += 1;
  }

  private show(place: Place, fill: string | null): void {
    const idle = place === 'pad' && fill === null;
    this.place = idle && this.snapshot?.mode === 'unset' ? 'settings' : place;
    if (idle && this.snapshot !== null && needsCode(this.snapshot)) this.openSettings('connection');
    if (this.place === 'pad' && (fill !== null || !this.pad.hasNews())) this.pad.leaveCard();
    if (fill !== null) this.pad.receive(fill);
    this.shown += 1;
  }
}

const KEY = Symbol('app');

export const provideApp = (app: App): App => setContext(KEY, app);
export const useApp = (): App => getContext<App>(KEY);
