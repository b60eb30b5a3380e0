import type { Dial } from '../bindings';

/** How far one side of a placed call is. */
export type LegState = 'waiting' | 'active' | 'done' | 'failed';

/** The two sides of a placed call: the platform rings the own phone first and calls the other party once it is picked up. */
export interface Legs {
  own: LegState;
  other: LegState;
}

/** What is known of both sides. A failure is drawn on the own side: nothing tells that the other was ever called. */
export function legs(dial: Dial): Legs {
  switch (dial.stage) {
    case 'question':
      return { own: 'waiting', other: 'waiting' };
    case 'asking':
    case 'pick_up':
      return { own: 'active', other: 'waiting' };
    case 'calling':
      return { own: 'done', other: 'active' };
    case 'talking':
      return { own: 'done', other: 'done' };
    case 'ended':
      return { own: 'done', other: dial.connected_at === null ? 'waiting' : 'done' };
    case 'failed':
      return { own: 'failed', other: 'waiting' };
  }
}
