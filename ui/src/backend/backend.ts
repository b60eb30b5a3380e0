import type {
  Answer,
  CallFormat,
  CallPage,
  CallQuery,
  Check,
  Contact,
  ContactDraft,
  ContactFormat,
  ContactsRequest,
  CredentialKind,
  Error as ControlError,
  ErrorCode,
  JournalRequest,
  Message,
  NumberLinks,
  Place,
  SettingsChange,
  Snapshot,
  Understood,
} from '../bindings';

/** Whether the window hears the agent: it may be starting, or have gone and come back. */
export type Link = 'connecting' | 'up' | 'lost';

/** What reaches the page unasked. */
export type News =
  /** `message` when the agent answered and refuses this window. */
  | { type: 'link'; link: Link; message: Message | null }
  | { type: 'snapshot'; snapshot: Snapshot }
  /** Somebody asked for the window: from the tray, a link, the command line. `fill` goes into the pad's field. */
  | { type: 'show'; place: Place; fill: string | null }
  /** A step of {@link Backend.testConnection} ended. */
  | { type: 'test_step'; check: Check }
  /** An import of contacts goes on. */
  | { type: 'preview_progress'; percent: number }
  | { type: 'import_progress'; done: number; total: number };

/** What went wrong, as a code to branch on and a sentence to show. */
export class BackendError extends Error {
  readonly code: ErrorCode;
  readonly sentence: Message;

  constructor(error: ControlError) {
    super(error.message.id);
    this.name = 'BackendError';
    this.code = error.code;
    this.sentence = error.message;
  }
}

/** The sentence of anything that was thrown. */
export function sentenceOf(thrown: unknown): Message {
  return thrown instanceof BackendError ? thrown.sentence : { id: 'window-failed', args: {} };
}

/** What changes a call or the journal, and names no file. */
export type JournalChange = Exclude<JournalRequest, { type: 'search' | 'export' | 'import' }>;
/** What may be asked of contacts without naming a file. */
export type ContactsAsk = Exclude<ContactsRequest, { type: 'preview' | 'export' }>;

/** What a file is wanted for. Mirrors `Purpose` of `src-tauri/src/files.rs`. */
export type FilePurpose =
  | { type: 'export_calls'; format: CallFormat; bom: boolean }
  | { type: 'import_calls' }
  | { type: 'export_contacts'; format: ContactFormat; bom: boolean }
  | { type: 'preview_contacts' }
  | { type: 'export_all' }
  | { type: 'import_all' }
  | { type: 'contacts_folder' }
  | { type: 'pop_program' };

/** What came of a file that the person chose. `path` is for showing. */
export interface Filed {
  path: string;
  answer: Answer;
}

/** Contacts that a search found. */
export interface Found {
  contacts: Contact[];
  /** There are others, beyond the limit. */
  more: boolean;
}

/**
 * The page's only door. Everything behind it is another process; every promise rejects with a {@link BackendError}.
 * A secret can go through it outwards ({@link Backend.setCredential}, {@link Backend.enrol}); none ever comes back.
 */
export interface Backend {
  /** Calls `listener` with the state of now, then with everything that changes. Call once. */
  follow(listener: (news: News) => void): Promise<void>;
  snapshot(): Promise<Snapshot>;
  /** What a typed or pasted text means as a number; nothing is dialled. */
  understand(input: string): Promise<Understood>;
  /** A person pressed call. Resolves once the agent took it; the snapshot's `dial` tells the rest. */
  dial(input: string, account: string | null, confirmed: boolean): Promise<void>;
  dismissDial(): Promise<void>;
  missedRead(): Promise<void>;
  enrol(relay: string, code: string): Promise<void>;
  /** Says yes to the enrolment link that the person saw: its code never comes into the page. */
  acceptEnrolment(relay: string, id: string): Promise<void>;
  dismissEnrolment(): Promise<void>;
  setCredential(kind: CredentialKind, account: string | null, secret: string): Promise<void>;
  forgetCredential(kind: CredentialKind, account: string | null): Promise<void>;
  changeSettings(changes: SettingsChange): Promise<void>;
  /** Steps come as news while it runs; all of them again at the end. */
  testConnection(): Promise<Check[]>;
  doctor(): Promise<Check[]>;
  /** Calls that the journal holds, newest first, a page at a time. */
  searchCalls(query: CallQuery): Promise<CallPage>;
  journal(change: JournalChange): Promise<void>;
  contacts(ask: ContactsAsk): Promise<Answer>;
  /** Contacts that match, best first; see `ContactsRequest`. `limit` 0: as many as the agent gives at once. */
  searchContacts(text: string, favourites: boolean, limit: number): Promise<Found>;
  /** Adds a contact of one's own or changes one, and gives it as it is now. */
  saveContact(contact: ContactDraft): Promise<Contact>;
  /**
   * Lets the person choose a file or a folder in the desktop's own dialog and does with it what it is wanted for: the page names
   * no file. `title` stands above the dialog. `null`: the person chose none.
   */
  withFile(purpose: FilePurpose, title: string): Promise<Filed | null>;
  /** Everyone who has this number (E.164). */
  whoHas(number: string): Promise<Contact[]>;
  /** No alert and no sound for this number (E.164) any more, or again. */
  silence(number: string, silenced: boolean): Promise<void>;
  /** Who opens links to numbers (`tel:`) on this desktop now. */
  numberLinks(): Promise<NumberLinks>;
  /** A person wants them opened by this program: done, or the system's settings open. Gives how it is then. */
  takeNumberLinks(): Promise<NumberLinks>;
  /** Ends the agent, and the window with it. */
  quit(): Promise<void>;
  /** Hides the window. */
  hide(): Promise<void>;
  /** Starts the agent when it has gone. */
  startAgent(): Promise<void>;
}
