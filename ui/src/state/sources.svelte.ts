import type { Message, Snapshot, Source } from '../bindings';
import { type Backend, sentenceOf } from '../backend/backend';

/** A server that names callers. */
export type ServerKind = 'carddav' | 'ldap';

/** Where contacts come from, and how that goes. What a server answered is told by the contacts' next revision. */
export class Sources {
  list = $state.raw<Source[]>([]);
  failure = $state.raw<Message | null>(null);
  private readonly backend: Pick<Backend, 'contacts'>;
  private readonly snapshot: () => Snapshot | null;
  /** Number of the newest question; answers to older ones are dropped. */
  private asked = 0;
  /** By server: the revision at which it was asked; its answer is awaited until the next one. */
  private awaited = $state<Partial<Record<ServerKind, number | undefined>>>({});

  constructor(backend: Pick<Backend, 'contacts'>, snapshot: () => Snapshot | null) {
    this.backend = backend;
    this.snapshot = snapshot;
  }

  of(kind: ServerKind): Source[] {
    return this.list.filter((source) => source.kind === kind);
  }

  waitsFor(kind: ServerKind): boolean {
    const at = this.awaited[kind];
    return at !== undefined && at === this.snapshot()?.contacts_revision;
  }

  /** Whatever is done now makes the agent ask that server. */
  expect(kind: ServerKind): void {
    this.awaited[kind] = this.snapshot()?.contacts_revision ?? 0;
  }

  /** It won't be asked after all. */
  forgo(kind: ServerKind): void {
    this.awaited[kind] = undefined;
  }

  /** `sync`: they are all read now, which takes a while. */
  async read(type: 'sources' | 'sync' = 'sources'): Promise<void> {
    const mine = ++this.asked;
    try {
      const answer = await this.backend.contacts({ type });
      if (mine !== this.asked || answer.type !== 'sources') return;
      this.list = answer.sources;
      this.failure = null;
    } catch (thrown) {
      this.awaited = {};
      if (mine === this.asked) this.failure = sentenceOf(thrown);
    }
  }
}
