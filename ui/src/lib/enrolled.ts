import type { Snapshot } from '../bindings';

/** What the connection says while a code is all that is missing. */
const WITHOUT_TOKEN = new Set(['link-down-no-token', 'link-down-other-relay']);

/** This desktop works through a relay, and isn't enrolled with it: an enrolment code is what it waits for. */
export function needsCode({ mode, connection }: Snapshot): boolean {
  return mode === 'relay' && WITHOUT_TOKEN.has(connection.message.id);
}
