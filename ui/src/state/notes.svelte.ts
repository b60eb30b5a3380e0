import { SvelteMap } from 'svelte/reactivity';

import type { CallView } from '../bindings';
import type { Backend } from '../backend/backend';
import { callKey } from '../calls/group';
import { plain } from '../i18n/words';
import { Task } from './task.svelte';

/** The note of one call as the person types it. */
export class NoteDraft {
  text = $state('');
  readonly task = new Task();
  private readonly write: (note: string) => Promise<void>;
  private kept: string;

  constructor(kept: string, write: (note: string) => Promise<void>) {
    this.write = write;
    this.kept = kept;
    this.text = kept;
  }

  /** What stands here isn't in the journal. */
  get unsaved(): boolean {
    return this.text.trim() !== this.kept.trim();
  }

  /** Hands the text to the agent, and says whether that went well. A run that is under way takes what was typed meanwhile along. */
  async save(): Promise<boolean> {
    if (!this.unsaved && this.task.failure === null) return false;
    return this.task.run(async () => {
      while (this.unsaved) {
        const note = this.text.trim();
        await this.write(note);
        this.kept = note;
      }
    });
  }
}

/** Notes on their way to the journal: a note that couldn't be saved outlives the row, and the place, that it was typed in. */
export class Notes {
  private readonly backend: Pick<Backend, 'journal'>;
  private readonly drafts = new SvelteMap<string, NoteDraft>();

  constructor(backend: Pick<Backend, 'journal'>) {
    this.backend = backend;
  }

  /** The note of a call that isn't saved. */
  unsaved(call: CallView): NoteDraft | undefined {
    return this.drafts.get(callKey(call));
  }

  /** The note of a call, to type on. */
  open(call: CallView): NoteDraft {
    const at = { account: call.account, call: call.call };
    const write = (note: string) => this.backend.journal({ type: 'note', at, note });
    return this.unsaved(call) ?? new NoteDraft(plain(call.note ?? ''), write);
  }

  /** Saves what was typed; until that is done, it is held here. */
  async save(call: CallView, draft: NoteDraft): Promise<boolean> {
    this.drafts.set(callKey(call), draft);
    const saved = await draft.save();
    if (!draft.unsaved && draft.task.failure === null) this.drafts.delete(callKey(call));
    return saved;
  }
}
