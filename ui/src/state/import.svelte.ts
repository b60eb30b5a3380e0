import type { ImportPreview, Message, Taken, Undone } from '../bindings';
import { type Backend, sentenceOf } from '../backend/backend';

/** An import of contacts: read, looked at, written, taken back. It outlives the place that shows it. */
export class ContactsImport {
  /** What the file would bring; it waits for the person's yes. */
  preview = $state.raw<ImportPreview | null>(null);
  running = $state(false);
  /** A file is being read: so much of it, in percent. */
  reading = $state<number | null>(null);
  private choosing = false;
  /** Entries written, of so many. */
  progress = $state.raw<{ done: number; total: number } | null>(null);
  /** What it did. */
  taken = $state.raw<Taken | null>(null);
  /** What taking it back did, once it was. */
  undone = $state.raw<Undone | null>(null);
  failure = $state.raw<Message | null>(null);
  private readonly backend: Pick<Backend, 'contacts' | 'withFile'>;

  constructor(backend: Pick<Backend, 'contacts' | 'withFile'>) {
    this.backend = backend;
  }

  /** There is something to show. */
  get open(): boolean {
    return this.preview !== null || this.reading !== null || this.taken !== null || this.failure !== null;
  }

  /** Lets the person choose a file and reads it; nothing is written. */
  async choose(title: string): Promise<void> {
    this.choosing = true;
    await this.attempt(async () => {
      const filed = await this.backend.withFile({ type: 'preview_contacts' }, title);
      if (filed === null) return;
      this.forget();
      if (filed.answer.type === 'preview') this.preview = filed.answer.preview;
    });
    this.choosing = false;
    this.reading = null;
  }

  /** The file that was chosen is read so far, in percent; told late, it is no news. */
  read(percent: number): void {
    if (this.choosing) this.reading = percent;
  }

  /** Writes what the preview shows. */
  async write(): Promise<void> {
    if (this.running) return;
    this.running = true;
    this.progress = null;
    await this.attempt(async () => {
      const answer = await this.backend.contacts({ type: 'import' });
      this.preview = null;
      if (answer.type === 'taken') this.taken = answer.taken;
    });
    this.running = false;
    if (this.failure !== null) this.preview = null;
  }

  /** Stops what runs, nothing of it stays; or forgets what was read. */
  async cancel(): Promise<void> {
    const { running } = this;
    if (!running) this.forget();
    await this.attempt(() => this.backend.contacts({ type: 'cancel_import' }));
  }

  /** Takes the import back. */
  async undo(): Promise<void> {
    const batch = this.taken?.batch;
    if (batch == null) return;
    await this.attempt(async () => {
      const answer = await this.backend.contacts({ type: 'undo_import', batch });
      if (answer.type === 'undone') this.undone = answer.undone;
    });
  }

  /** The person has seen it. */
  forget(): void {
    this.preview = null;
    this.taken = null;
    this.progress = null;
    this.failure = null;
    this.undone = null;
  }

  private async attempt(what: () => Promise<unknown>): Promise<void> {
    this.failure = null;
    try {
      await what();
    } catch (thrown) {
      this.failure = sentenceOf(thrown);
    }
  }
}
