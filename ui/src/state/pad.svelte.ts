import type { Choice, ContactNumber, Dial, Message, Snapshot, Understood } from '../bindings';
import { type Backend, sentenceOf } from '../backend/backend';
import { clip, oneLine } from '../lib/paste';
import { Finder } from './finder.svelte';

/** How long typing must rest before the agent is asked what it means, in milliseconds. */
const REST_MS = 60;

/** How long the reason of a failed call waits for somebody to come and read it, in milliseconds. */
const FAILURE_IS_NEWS_MS = 60_000;

/** How long after a number came from another program Enter isn't taken for a press on it, in milliseconds. */
const LOOK_FIRST_MS = 1_000;

/** What the pad needs of the rest. */
export interface Surroundings {
  snapshot(): Snapshot | null;
  accept(snapshot: Snapshot): void;
  showPad(): void;
}

/** Whom a number belongs to. */
export interface Named {
  name: string;
  company: string | null;
}

/** The dial pad: one field, what it means, and one press that dials at most once. */
export class Pad {
  /** Names for what is typed. */
  readonly finder: Finder;
  /** Whose number was chosen by name; it stands in the field. */
  private chosenBy = $state.raw<Named | null>(null);
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
  /** The line that the person chose; the default line when null. */
  private chosen = $state<string | null>(null);
  /** The line that came with the text in the field: a call is returned from the line that it reached. */
  private lent = $state<string | null>(null);

  /** Who was chosen by name for the last call, and the number. */
  private dialled = $state.raw<(Named & { number: string }) | null>(null);
  /** When what stands in the field came from another program, by the page's own clock. */
  private cameAt = -Infinity;
  /** Enter was pressed too soon after that. */
  hasty = $state(false);

  /** What stands in the field was dialled: it goes when the call's card does. */
  private spent = $state(false);
  /** Start time of the finished call that the person went on from: its card is gone, whatever the agent still holds. */
  private left = $state<string | null>(null);
  /** The agent is giving that call up; nothing is dialled before. */
  private leaving: Promise<void> = Promise.resolve();

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
    this.finder = new Finder(backend);
  }

  /** What the agent is asked to understand and to dial. */
  get source(): string {
    return this.raw ?? this.text;
  }

  /** Whose phone rings: a line that this desktop serves, the default line when null. */
  get line(): string | null {
    return this.served(this.lent) ?? this.served(this.chosen);
  }

  /** What stands in the field can't be dialled as it is, and the sentence under it says why. */
  get refused(): boolean {
    const verdict = this.understood?.verdict;
    return verdict === 'refuse' || (verdict === 'incomplete' && this.refusal !== null);
  }

  /** Whose number stands in the field: whoever was chosen, else the contact who has it. */
  get named(): Named | null {
    if (this.chosenBy !== null) return this.chosenBy;
    const { name = null, company = null } = this.understood ?? {};
    return name === null ? null : { name, company };
  }

  /** Whom a call goes to: of several who share the number, the agent can't tell which was chosen. */
  whom(dial: Dial): Named | null {
    if (this.dialled !== null && this.dialled.number === dial.number) return this.dialled;
    return dial.name === null ? null : { name: dial.name, company: dial.company };
  }

  chooseLine(account: string): void {
    this.chosen = account;
    this.lent = null;
  }

  /** The person changed the field. */
  edit(text: string): void {
    this.recalled = -1;
    this.set(text);
    this.finder.type(text);
    if (text === '') this.original = null;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), REST_MS);
  }

  /**
   * A text came as a whole: pasted, from a link, recalled. The field shows it cleaned, the original stays visible. `line` is
   * the one to call from as long as this text stands, `whom` whose number it is.
   */
  fill(text: string, line: string | null = null, whom: Named | null = null): void {
    this.recalled = -1;
    this.takeWhole(text);
    this.cameAt = -Infinity;
    this.lent = line;
    this.chosenBy = whom === null ? null : { name: whom.name, company: whom.company };
  }

  /**
   * A text from another program, which brought the window to the front: whoever was typing elsewhere may press Enter without
   * having seen it.
   */
  receive(text: string): void {
    this.fill(text);
    this.cameAt = performance.now();
  }

  /** Whether Enter counts as a press on what stands in the field. */
  mayEnter(): boolean {
    this.hasty = performance.now() - this.cameAt < LOOK_FIRST_MS;
    return !this.hasty;
  }

  /** Something stands in the field that no call was asked for yet: it shows once the card has gone. */
  get waiting(): boolean {
    return this.text !== '' && !this.spent;
  }

  hasLeft(dial: Dial | null | undefined): boolean {
    return dial != null && isOver(dial) && dial.started_at === this.left;
  }

  /** A call failed so lately that whoever opens the window may come for the reason. */
  hasNews(): boolean {
    const dial = this.around.snapshot()?.dial;
    if (dial?.stage !== 'failed') return false;
    return Date.now() - Date.parse(dial.ended_at ?? dial.started_at) < FAILURE_IS_NEWS_MS;
  }

  /** Goes on from a call that is over, and says so; one that lives, or that a press is about to renew, keeps its card. */
  leaveCard(): boolean {
    const dial = this.around.snapshot()?.dial;
    if (this.locked || dial == null || !isOver(dial) || this.hasLeft(dial)) return false;
    this.left = dial.started_at;
    if (this.spent) this.clear();
    this.leaving = this.backend.dismissDial().catch((thrown: unknown) => {
      this.refusal = sentenceOf(thrown);
    });
    return true;
  }

  /** A choice among several numbers. */
  choose(choice: Choice): void {
    const original = this.original ?? this.text;
    this.set(choice.display);
    this.raw = choice.number;
    this.original = original;
    void this.ask();
  }

  /** A number that was offered by name. */
  offer(number: ContactNumber, { name, company }: Named): void {
    this.set(number.display);
    this.raw = number.dial;
    this.original = null;
    this.chosenBy = { name, company };
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
    const { source } = this;
    if (this.locked) return;
    if (source.trim() === '') {
      this.refusal = { id: 'number-refused-empty', args: {} };
      return;
    }
    this.locked = true;
    this.refusal = null;
    try {
      await this.leaving;
      await this.current();
      // A link put something else there meanwhile: the press wasn't on that.
      if (this.source !== source) return;
      const verdict = this.understood?.verdict;
      if (verdict === 'confirm' && !confirmed) {
        this.question = true;
      } else if (verdict === 'dial' || verdict === 'confirm') {
        this.spent = true;
        const number = this.understood?.number ?? null;
        this.dialled = this.chosenBy === null || number === null ? null : { ...this.chosenBy, number };
        await this.backend.dial(source, this.line, confirmed);
        this.question = false;
        // The card replaces the field with the next snapshot; it is fetched so that nothing can be pressed in between.
        this.around.accept(await this.backend.snapshot());
      } else {
        this.refusal = this.understood?.message ?? null;
      }
    } catch (thrown) {
      this.spent = false;
      this.question = false;
      this.refusal = sentenceOf(thrown);
    } finally {
      this.locked = false;
    }
  }

  /** Says yes to the question that the agent itself asks on the card (the same number again within seconds). */
  async confirmCard(number: string, account: string | null): Promise<void> {
    await this.settle(() => this.backend.dial(number, this.served(account), true));
  }

  /** Dials the card's number once more, from the line that the card names. */
  async redial(number: string, account: string | null): Promise<void> {
    await this.settle(async () => {
      await this.backend.dismissDial();
      await this.backend.dial(number, this.served(account), false);
    });
  }

  /** Closes the card; a number that didn't get through stays in the field, and so does one that came meanwhile. */
  async closeCard(): Promise<void> {
    const keep = this.around.snapshot()?.dial?.stage === 'failed';
    await this.settle(() => this.backend.dismissDial());
    if (!keep && this.spent) this.clear();
    this.spent = false;
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

  /** The account, if this desktop still serves it. */
  private served(account: string | null): string | null {
    const accounts = this.around.snapshot()?.accounts ?? [];
    return accounts.some(({ id }) => id === account) ? account : null;
  }

  private set(text: string): void {
    this.text = text;
    this.spent = false;
    this.raw = null;
    this.lent = null;
    this.chosenBy = null;
    this.finder.type('');
    this.question = false;
    this.refusal = null;
    this.hasty = false;
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
      if (keepOriginal && !sameButForSeparators(this.text, cleaned)) this.original = this.text;
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

/** The call has ended or never began: its card only tells of it. */
export function isOver(dial: Dial): boolean {
  return dial.stage === 'ended' || dial.stage === 'failed';
}

/** Whether nothing but spaces, dots and dashes differs: not worth showing what was pasted. */
export function sameButForSeparators(one: string, other: string): boolean {
  const bare = (text: string) => text.replace(/[\s.\p{Pd}]/gu, '');
  return bare(one) === bare(other);
}

/** The numbers that were dialled, newest first, each once. */
export function dialled(snapshot: Snapshot | null): string[] {
  if (snapshot === null) return [];
  const calls = [...snapshot.live, ...snapshot.recent].filter((call) => call.direction === 'outgoing');
  const numbers = [snapshot.dial?.number, ...calls.map((call) => call.number)];
  return numbers.filter((number) => number != null).filter((number, at, all) => all.indexOf(number) === at);
}
