import type { Message } from '../bindings';
import { sentenceOf } from '../backend/backend';

/** Something that a button starts: runs once at a time, and keeps the sentence when it failed. */
export class Task {
  private readonly queued: (() => Promise<unknown>)[] = [];
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

  /**
   * Runs it, or has the run that is under way come to it: for several controls that share a task. What fails keeps nothing else
   * from being done, and is told when all of it is.
   */
  async queue(what: () => Promise<unknown>): Promise<void> {
    this.queued.push(what);
    await this.run(() => this.drain());
  }

  private async drain(): Promise<void> {
    const failures: unknown[] = [];
    for (let next = this.queued.shift(); next !== undefined; next = this.queued.shift()) {
      await next().catch((thrown: unknown) => failures.push(thrown));
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Refuses before anything is sent: something is missing. */
  refuse(id: string): void {
    this.done = false;
    this.failure = { id, args: {} };
  }
}
