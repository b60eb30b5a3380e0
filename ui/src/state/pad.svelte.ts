import type { Choice, Message, Snapshot, Understood } from '../bindings';
import { type Backend, sentenceOf } from '../backend/backend';
import { clip, oneLine } from '../lib/paste';

/** How long typing must rest before the agent is asked what it means, in milliseconds. */
const REST_MS = 60;

/** What the pad needs of the rest. */
export interface Surroundings {
  snapshot(): Snapshot | null;
  accept(snapshot: Snapshot): void;
  showPad(): void;
}

/** The dial pad: one field, what it means, and one press that dials at most once. */
export class Pad {
  /** What stands in the field. */
  text = $state('');
  /** The pasted or linked text, as it came, while the field shows it cleaned. */
  original = $state<string | null>(null);
  /** What the field's text means; stale while a newer question is under way. */
  understood = $state.raw<Understood | null>(null);
  /** The yes-or-no question of a premium number is open. */
  question = $state(false);
  /** A press is being carried out: nothing dials until it is settled. */
  locked = $state(false);
  /** Why the last press didn't dial. */
  refusal = $state.raw<Message | null>(null);
  /** Whose phone rings; the default line when null. */
  account = $state<string | null>(null);

  private readonly backend: Backend;
  private readonly around: Surroundings;
  /** Number of the newest question to the agent; answers to older ones are dropped. */
  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private answer: Promise<void> = Promise.resolve();
  /** What to send instead of the text: the pasted original, as long as the text is its cleaned form. */
  private raw: string | null = null;
  private recalled = -1;
  private draft = '';

  constructor(backend: Backend, around: Surroundings) {
    this.backend = backend;
    this.around = around;
  }

  /** What the agent is asked to understand and to dial. */
  get source(): string {
    return this.raw ?? this.text;
  }

  /** The person changed the field. */
  edit(text: string): void {
    this.recalled = -1;
    this.set(text);
    if (text === '') this.original = null;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), REST_MS);
  }

  /** A text came as a whole: pasted, from a link, recalled. The field shows it cleaned, the original stays visible. */
  fill(text: string): void {
    this.recalled = -1;
    this.takeWhole(text);
  }

  /** A choice among several numbers. */
  choose(choice: Choice): void {
    const original = this.original ?? this.text;
    this.set(choice.display);
    this.raw = choice.number;
    this.original = original;
    void this.ask();
  }

  /** Steps back (-1: newer) through the numbers that were dialled; the draft comes back at the end. */
  recall(step: 1 | -1): void {
    const numbers = dialled(this.around.snapshot());
    const next = Math.min(this.recalled + step, numbers.length - 1);
    if (next === this.recalled || next < -1) return;
    if (this.recalled === -1) this.draft = this.text;
    this.takeWhole(next === -1 ? this.draft : (numbers[next] ?? ''), false);
    this.recalled = next;
  }

  /** The press on call, or Enter. A second one while the first is carried out does nothing. */
  async call(confirmed = false): Promise<void> {
    if (this.locked || this.source.trim() === '') return;
    this.locked = true;
    this.refusal = null;
    try {
      await this.current();
      const verdict = this.understood?.verdict;
      if (verdict === 'confirm' && !confirmed) {
        this.question = true;
      } else if (verdict === 'dial' || verdict === 'confirm') {
        await this.backend.dial(this.source, this.account, confirmed);
        this.question = false;
        // The card replaces the field with the next snapshot; it is fetched so that nothing can be pressed in between.
        this.around.accept(await this.backend.snapshot());
      } else {
        this.refusal = this.understood?.message ?? null;
      }
    } catch (thrown) {
      this.question = false;
      this.refusal = sentenceOf(thrown);
    } finally {
      this.locked = false;
    }
  }

  /** Says yes to the question that the agent itself asks on the card (the same number again within seconds). */
  async confirmCard(number: string): Promise<void> {
    await this.settle(() => this.backend.dial(number, this.account, true));
  }

  /** Dials the card's number once more. */
  async redial(number: string): Promise<void> {
    await this.settle(async () => {
      await this.backend.dismissDial();
      await this.backend.dial(number, this.account, false);
    });
  }

  /** Closes the card; a number that didn't get through stays in the field. */
  async closeCard(): Promise<void> {
    const keep = this.around.snapshot()?.dial?.stage === 'failed';
    await this.settle(() => this.backend.dismissDial());
    if (!keep) this.clear();
  }

  decline(): void {
    this.question = false;
  }

  clear(): void {
    this.original = null;
    this.edit('');
  }

  private async settle(what: () => Promise<void>): Promise<void> {
    if (this.locked) return;
    this.locked = true;
    this.refusal = null;
    try {
      await what();
      this.around.accept(await this.backend.snapshot());
    } catch (thrown) {
      this.refusal = sentenceOf(thrown);
    } finally {
      this.locked = false;
    }
  }

  private set(text: string): void {
    this.text = text;
    this.raw = null;
    this.question = false;
    this.refusal = null;
  }

  private takeWhole(text: string, keepOriginal = true): void {
    const whole = clip(text);
    this.set(oneLine(whole));
    this.raw = whole;
    this.original = null;
    this.understood = null;
    void this.ask().then(() => {
      const cleaned = this.understood?.display;
      if (this.raw !== whole || cleaned == null || this.text === cleaned) return;
      if (keepOriginal && !sameButForSpaces(this.text, cleaned)) this.original = this.text;
      this.text = cleaned;
    });
  }

  /** Asks what the text means; an answer that a newer question overtook is dropped. */
  private ask(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const mine = ++this.asked;
    this.answer = (async () => {
      try {
        const understood = await this.backend.understand(this.source);
        if (mine === this.asked) this.understood = understood;
      } catch (thrown) {
        if (mine !== this.asked) return;
        this.understood = null;
        this.refusal = sentenceOf(thrown);
      }
    })();
    return this.answer;
  }

  /** Waits until `understood` belongs to the text of now. */
  private async current(): Promise<void> {
    if (this.timer !== undefined) void this.ask();
    await this.answer;
  }
}

/** Whether nothing but the kind of space differs: not worth showing what was pasted. */
function sameButForSpaces(one: string, other: string): boolean {
  return one.replace(/\s/gu, ' ') === other.replace(/\s/gu, ' ');
}

/** The numbers that were dialled, newest first, each once. */
export function dialled(snapshot: Snapshot | null): string[] {
  if (snapshot === null) return [];
  const calls = [...snapshot.live, ...snapshot.recent].filter((call) => call.direction === 'outgoing');
  const numbers = [snapshot.dial?.number, ...calls.map((call) => call.number)];
  return numbers.filter((number) => number != null).filter((number, at, all) => all.indexOf(number) === at);
}
