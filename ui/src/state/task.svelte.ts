import type { Message } from '../bindings';
import { sentenceOf } from '../backend/backend';

/** Something that a button starts: runs once at a time, and keeps the sentence when it failed. */
export class Task {
  busy = $state(false);
  failure = $state.raw<Message | null>(null);
  /** It went well, and nothing was started since. */
  done = $state(false);

  async run(what: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.done = false;
    this.failure = null;
    try {
      await what();
      this.done = true;
    } catch (thrown) {
      this.failure = sentenceOf(thrown);
    } finally {
      this.busy = false;
    }
    return this.done;
  }

  /** Refuses before anything is sent: something is missing. */
  refuse(id: string): void {
    this.done = false;
    this.failure = { id, args: {} };
  }
}
