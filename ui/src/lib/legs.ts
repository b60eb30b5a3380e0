import type { Dial } from '../bindings';

/** How far one side of a placed call is; `untold`: the call is over, and nothing tells how far this side came. */
export type LegState = 'waiting' | 'active' | 'done' | 'failed' | 'untold';

/** The two sides of a placed call: the platform rings the own phone first and calls the other party once it is picked up. */
export interface Legs {
  own: LegState;
  other: LegState;
}

/**
 * What is known of both sides, and no more: that a call goes out doesn't tell that the own phone was picked up, only that both
 * talk does. A failure is drawn on the own side: nothing tells that the other was ever called.
 */
export function legs(dial: Dial): Legs {
  switch (dial.stage) {
    case 'question':
      return { own: 'waiting', other: 'waiting' };
    case 'asking':
    case 'pick_up':
      return { own: 'active', other: 'waiting' };
    case 'calling':
      return { own: 'active', other: 'active' };
    case 'talking':
      return { own: 'done', other: 'done' };
    case 'ended':
      return dial.connected_at === null ? { own: 'untold', other: 'untold' } : { own: 'done', other: 'done' };
    case 'failed':
      return { own: 'failed', other: 'untold' };
  }
}
