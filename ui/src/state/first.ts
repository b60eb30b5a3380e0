/** What the page's address says, for the time until the agent is heard. Written by `src-tauri/src/look.rs`. */
export interface First {
  /** As {@link wordsFor} takes it. */
  readonly language: string;
  /** `light`, `dark` or `system`. */
  readonly theme: string;
  /** This page takes the place of one that died. */
  readonly restarted: boolean;
}

/** Reads it; `engine` is the web engine's language, for an address that names none. */
export function readFirst(query: URLSearchParams, engine: string): First {
  return {
    language: query.get('lang') ?? engine,
    theme: query.get('theme') ?? 'system',
    restarted: query.has('restarted'),
  };
}
