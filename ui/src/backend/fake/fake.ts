import type {
  Answer,
  CallView,
  Check,
  Contact,
  Credential,
  CredentialKind,
  DialStage,
  ErrorCode,
  Hole,
  ImportPreview,
  NumberLinks,
  Place,
  Snapshot,
  Understood,
} from '../../bindings';
import { type Backend, BackendError, type ContactsAsk, type FilePurpose, type Link, type News } from '../backend';
import { aPreview, changed, saved, searchBook, type ServerWord, someSources } from './contacts';
import { searchJournal, sameCall } from './journal';
import { understand } from './numbers';
import { call, dialAt, says, stageMessage } from './state';

/** One request as a test sees it: its name and its arguments. A secret is kept as given, for tests to look for elsewhere. */
export interface Heard {
  name: string;
  args: unknown[];
}

/** Settings that are absent once their text is empty. */
const CLEARED = new Set([
  'relay_url',
  'account_id',
  'platform_url',
  'default_account',
  'pop_url',
  'pop_program',
  'contacts_folder',
  'extension_prefix',
  'outside_prefix',
  'carddav_url',
  'ldap_url',
]);

/**
 * An agent inside the page. It keeps a snapshot, answers as the real one does, and does nothing by itself: whoever drives it
 * says what happens next. So a test awaits what it caused, and nothing depends on time.
 */
export class FakeAgent {
  snapshot: Snapshot;
  /** Calls older than the snapshot's latest. */
  older: CallView[] = [];
  holes: Hole[] = [];
  /** Who has which number. */
  people: Contact[] = [];
  /** The contacts. */
  book: Contact[] = [];
  /** What a file of contacts would bring. */
  preview: ImportPreview = aPreview();
  /** The file or folder that the person chooses in the dialog; `null`: none. */
  chosen: string | null = '/home/accueil/Documents/centrex';
  /** Who opens links to numbers. */
  links: NumberLinks = { opener: 'other', program: 'Softphone', takeover: 'here' };
  /** What the servers that name callers have said. */
  readonly servers: Record<'carddav' | 'ldap', ServerWord> = { carddav: 'nothing', ldap: 'nothing' };
  readonly heard: Heard[] = [];
  /** Answers held back until {@link release}: by request name. */
  readonly holding = new Set<string>();
  /** Errors to answer with, once: by request name. */
  readonly failing = new Map<string, BackendError>();
  steps: Check[] = [
    { name: 'relay_reachable', result: 'ok', message: says('link-connecting') },
    { name: 'relay_token', result: 'ok', message: says('tray-live') },
    { name: 'relay_stream', result: 'ok', message: says('link-live') },
  ];
  /** Called after a dial was taken: `npm run dev` lets the call go on by itself. */
  afterDial: (() => void) | null = null;
  private listener: ((news: News) => void) | null = null;
  private held: (() => void)[] = [];
  private readonly link: Link;

  constructor(snapshot: Snapshot, link: Link = 'up') {
    this.snapshot = snapshot;
    this.link = link;
  }

  /** Changes the state and tells the page. */
  change(change: Partial<Snapshot>): void {
    this.snapshot = { ...this.snapshot, ...change, revision: this.snapshot.revision + 1 };
    this.tell({ type: 'snapshot', snapshot: this.snapshot });
  }

  /** One call of the journal changes, or goes when `to` says nothing. */
  changeCalls(to: (call: CallView) => CallView | null): void {
    const all = (calls: CallView[]) => calls.map(to).filter((call) => call !== null);
    this.older = all(this.older);
    const journal_revision = this.snapshot.journal_revision + 1;
    this.change({ recent: all(this.snapshot.recent), journal_revision });
  }

  /** The contacts become these. */
  changeBook(book: Contact[]): void {
    this.book = book;
    this.change({ contacts_revision: this.snapshot.contacts_revision + 1 });
  }

  /** A server that names callers answers, or can't be asked. */
  serverSays(kind: 'carddav' | 'ldap', word: ServerWord): void {
    this.servers[kind] = word;
    this.change({ contacts_revision: this.snapshot.contacts_revision + 1 });
  }

  /** The placed call reaches a stage. */
  stage(stage: DialStage): void {
    const now = new Date();
    const before = this.snapshot.dial ?? dialAt(now, stage);
    this.change({
      dial: {
        ...before,
        stage,
        message: stageMessage(stage, before.display),
        connected_at: stage === 'talking' ? now.toISOString() : before.connected_at,
        ended_at: stage === 'ended' || stage === 'failed' ? now.toISOString() : null,
      },
    });
  }

  /** A call rings in. */
  ring(party = '06 39 98 12 34', number: string | null = '+33639981234'): void {
    const ringing = call(new Date(), 0, { outcome: 'ringing', party, number });
    this.change({ live: [ringing, ...this.snapshot.live] });
  }

  tell(news: News): void {
    this.listener?.(news);
  }

  setLink(link: Link): void {
    this.tell({ type: 'link', link, message: null });
  }

  show(place: Place, fill: string | null = null): void {
    this.tell({ type: 'show', place, fill });
  }

  /** Lets every held answer go, oldest first. */
  release(): void {
    const held = this.held;
    this.held = [];
    for (const go of held) go();
  }

  /** The next request of that name is refused with this code and sentence. */
  failNext(name: string, code: ErrorCode, id: string): void {
    this.failing.set(name, new BackendError({ code, message: says(id) }));
  }

  /** How many answers are held back. */
  get waiting(): number {
    return this.held.length;
  }

  requests(name: string): Heard[] {
    return this.heard.filter((heard) => heard.name === name);
  }

  private async answer<T>(name: string, args: unknown[], what: () => T | Promise<T>): Promise<T> {
    this.heard.push({ name, args });
    if (this.holding.has(name)) await new Promise<void>((go) => this.held.push(go));
    const failure = this.failing.get(name);
    if (failure !== undefined) {
      this.failing.delete(name);
      throw failure;
    }
    return what();
  }

  private enrolled(relay: string): void {
    this.change({
      mode: 'relay',
      settings: { ...this.snapshot.settings, mode: 'relay', relay_url: relay },
      credentials: [{ kind: 'relay_token', account: null, present: true, problem: null }],
      accounts: [{ id: '4207001', default: true }],
      connection: { state: 'live', message: says('link-live'), since: null },
      cannot_dial: null,
      pending_enrolment: null,
      link_problem: null,
    });
  }

  private async askContacts(ask: ContactsAsk): Promise<Answer> {
    switch (ask.type) {
      case 'choose': {
        const person = this.people.find(({ id }) => id === ask.id);
        if (person !== undefined)
          this.changeCalls((call) =>
            call.number === ask.number ? { ...call, party: person.name, ambiguous: false } : call,
          );
        return { type: 'done' };
      }
      case 'delete':
      case 'favourite':
        this.changeBook(changed(this.book, ask));
        return { type: 'done' };
      case 'import': {
        const { added, updated, rejected_count: rejected, sample } = this.preview;
        await this.answer('import', [], () => this.changeBook([...this.book, ...sample]));
        return {
          type: 'taken',
          taken: { batch: '7', added, updated, rejected, marks: 0, settings: 0, settings_locked: 0 },
        };
      }
      case 'delete_all': {
        const own = this.book.filter((one) => one.own);
        this.changeBook(this.book.filter((one) => !one.own));
        return { type: 'deleted', count: own.length };
      }
      case 'undo_import':
        this.changeBook(this.book.filter(({ id }) => !this.preview.sample.some((one) => one.id === id)));
        return {
          type: 'undone',
          undone: {
            file: this.preview.file,
            at: '2026-03-04T11:25:00Z',
            removed: this.preview.added,
            restored: this.preview.updated,
            kept: 0,
          },
        };
      case 'sources':
      case 'sync':
        return { type: 'sources', sources: someSources(this.book, this.snapshot.settings, this.servers) };
      default:
        return { type: 'done' };
    }
  }

  private filed(purpose: FilePurpose, path: string): Answer {
    switch (purpose.type) {
      case 'export_calls':
      case 'export_contacts':
      case 'export_all':
        return { type: 'written', count: 341 };
      case 'import_calls':
      case 'import_all': {
        const [marks, settings, settings_locked] = purpose.type === 'import_all' ? [3, 8, 1] : [0, 0, 0];
        return {
          type: 'taken',
          taken: { batch: null, added: 12, updated: 0, rejected: 0, marks, settings, settings_locked },
        };
      }
      case 'preview_contacts':
        return { type: 'preview', preview: this.preview };
      case 'contacts_folder':
      case 'pop_program':
        this.change({ settings: { ...this.snapshot.settings, [purpose.type]: path } });
        return { type: 'done' };
    }
  }

  /** Whose secret it is: that of a server is kept for the user whom the settings name. */
  private whose(kind: CredentialKind, account: string | null): string | null {
    if (kind === 'carddav_password') return this.snapshot.settings.carddav_user;
    return kind === 'ldap_password' ? this.snapshot.settings.ldap_user : account;
  }

  /** Who has a number; of several nobody is named. */
  private named(number: string | null): { name: string | null; company: string | null } {
    const found = this.book.filter(({ numbers }) => numbers.some(({ dial }) => dial === number));
    const [one] = found.length === 1 ? found : [];
    return { name: one?.name ?? null, company: one?.company ?? null };
  }

  private others(kind: CredentialKind, account: string | null): Credential[] {
    return this.snapshot.credentials.filter((c) => c.kind !== kind || c.account !== account);
  }

  private async stepByStep(): Promise<Check[]> {
    for (const check of this.steps) {
      await this.answer('step', [check.name], () => undefined);
      this.tell({ type: 'test_step', check });
    }
    return this.steps;
  }

  /** The door that the page gets. */
  readonly backend: Backend = {
    follow: (listener) => {
      this.listener = listener;
      listener({ type: 'link', link: this.link, message: null });
      if (this.link === 'up') listener({ type: 'snapshot', snapshot: this.snapshot });
      return Promise.resolve();
    },
    snapshot: () => this.answer('snapshot', [], () => this.snapshot),
    understand: (input) =>
      this.answer('understand', [input], (): Understood => {
        const understood = understand(input, this.snapshot.language);
        return { ...understood, ...this.named(understood.number) };
      }),
    dial: (input, account, confirmed) =>
      this.answer('dial', [input, account, confirmed], () => {
        const understood = understand(input, this.snapshot.language);
        const number = understood.number ?? input;
        const display = understood.display ?? input;
        const line = account ?? this.snapshot.accounts.find((a) => a.default)?.id ?? '';
        this.snapshot.dial = null;
        const named = this.named(understood.number);
        this.change({ dial: dialAt(new Date(), 'asking', { number, display, account: line, ...named }) });
        this.afterDial?.();
      }),
    dismissDial: () => this.answer('dismissDial', [], () => this.change({ dial: null })),
    missedRead: () =>
      this.answer('missedRead', [], () =>
        this.change({
          missed: 0,
          recent: this.snapshot.recent.map((c) => ({ ...c, unread: false })),
          journal_revision: this.snapshot.journal_revision + 1,
        }),
      ),
    enrol: (relay, code) => this.answer('enrol', [relay, code], () => this.enrolled(relay)),
    acceptEnrolment: (relay, id) =>
      this.answer('acceptEnrolment', [relay, id], () => {
        const waits = this.snapshot.pending_enrolment;
        if (waits?.relay !== relay || waits.id !== id)
          throw new BackendError({ code: 'failed', message: says('enrol-link-changed') });
        this.enrolled(relay);
      }),
    dismissEnrolment: () =>
      this.answer('dismissEnrolment', [], () => this.change({ pending_enrolment: null, link_problem: null })),
    setCredential: (kind, account, secret) =>
      this.answer('setCredential', [kind, account, secret], () => {
        const whose = this.whose(kind, account);
        const kept = { kind, account: whose, present: true, problem: null };
        this.change({ credentials: [...this.others(kind, whose), kept] });
      }),
    forgetCredential: (kind, account) =>
      this.answer('forgetCredential', [kind, account], () =>
        this.change({ credentials: this.others(kind, this.whose(kind, account)) }),
      ),
    changeSettings: (changes) =>
      this.answer('changeSettings', [changes], () => {
        const given = Object.fromEntries(
          Object.entries(changes)
            .filter(([, value]) => value != null)
            // Empty text clears what may be absent.
            .map(([key, value]) => [key, value === '' && CLEARED.has(key) ? null : value]),
        );
        const settings = { ...this.snapshot.settings, ...given };
        const language = settings.language === 'system' ? this.snapshot.language : settings.language;
        const accounts = this.snapshot.accounts.map(({ id, default: before }) => ({
          id,
          default: settings.default_account === null ? before : id === settings.default_account,
        }));
        this.change({ settings, language, mode: settings.mode, accounts });
      }),
    testConnection: () => this.answer('testConnection', [], () => this.stepByStep()),
    doctor: () =>
      this.answer('doctor', [], (): Check[] => [
        { name: 'tray_host', result: 'ok', message: says('tray-live') },
        { name: 'notifications', result: 'ok', message: says('link-live') },
        { name: 'keychain', result: 'warning', message: says('keychain-locked') },
      ]),
    searchCalls: (query) =>
      this.answer('searchCalls', [query], () =>
        searchJournal([...this.snapshot.recent, ...this.older], this.holes, query),
      ),
    journal: (ask) =>
      this.answer('journal', [ask], () => {
        if (ask.type === 'delete_all') return this.changeCalls(() => null);
        if (ask.type === 'open_record') return;
        this.changeCalls((call) => {
          if (!sameCall(call, ask.at)) return call;
          if (ask.type === 'note') return { ...call, note: ask.note === '' ? null : ask.note };
          if (ask.type === 'call_back') return { ...call, call_back: ask.wanted ? 'wanted' : 'none' };
          return null;
        });
      }),
    contacts: (ask) => this.answer('contacts', [ask], () => this.askContacts(ask)),
    searchContacts: (text, favourites, limit) =>
      this.answer('searchContacts', [text, favourites, limit], () => searchBook(this.book, text, favourites, limit)),
    saveContact: (draft) =>
      this.answer('saveContact', [draft], () => {
        const before = this.book.find(({ id }) => id === draft.id);
        const contact = saved(draft, before);
        this.changeBook(
          before === undefined ? [...this.book, contact] : this.book.map((one) => (one === before ? contact : one)),
        );
        return contact;
      }),
    withFile: (purpose, title) =>
      this.answer('withFile', [purpose, title], () =>
        this.chosen === null ? null : { path: this.chosen, answer: this.filed(purpose, this.chosen) },
      ),
    whoHas: (number) => this.answer('whoHas', [number], () => this.people),
    silence: (number, silenced) =>
      this.answer('silence', [number, silenced], () => {
        const others = this.snapshot.settings.silenced.filter((s) => s.number !== number);
        const list = silenced ? [...others, { number, display: number }] : others;
        this.snapshot = { ...this.snapshot, settings: { ...this.snapshot.settings, silenced: list } };
        this.changeCalls((call) => (call.number === number ? { ...call, silenced } : call));
      }),
    numberLinks: () => this.answer('numberLinks', [], () => this.links),
    takeNumberLinks: () =>
      this.answer('takeNumberLinks', [], () => {
        if (this.links.takeover === 'here') this.links = { ...this.links, opener: 'us', program: null };
        return this.links;
      }),
    quit: () => this.answer('quit', [], () => undefined),
    hide: () => this.answer('hide', [], () => undefined),
    startAgent: () => this.answer('startAgent', [], () => undefined),
  };
}
