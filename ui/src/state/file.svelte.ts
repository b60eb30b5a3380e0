import type { Message } from '../bindings';
import { type Backend, type FilePurpose, type Filed, sentenceOf } from '../backend/backend';

/** Something that is done with a file which the person chooses; it keeps what came of it. */
export class FileTask {
  busy = $state(false);
  filed = $state.raw<Filed | null>(null);
  failure = $state.raw<Message | null>(null);
  private readonly backend: Pick<Backend, 'withFile'>;

  constructor(backend: Pick<Backend, 'withFile'>) {
    this.backend = backend;
  }

  /** `title` stands above the dialog. Choosing none leaves what was said before. */
  async run(purpose: FilePurpose, title: string): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      const filed = await this.backend.withFile(purpose, title);
      if (filed === null) return;
      this.filed = filed;
      this.failure = null;
    } catch (thrown) {
      this.filed = null;
      this.failure = sentenceOf(thrown);
    } finally {
      this.busy = false;
    }
  }
}
