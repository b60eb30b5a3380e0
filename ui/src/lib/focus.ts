/** Gives the focus to the first field under `root` that waits for something; whether there is one. */
export function focusFirstEmpty(root: HTMLElement | undefined): boolean {
  const fields = root?.querySelectorAll<HTMLInputElement>('form input:not([readonly], [type="radio"])') ?? [];
  const first = [...fields].find(({ value }) => value === '');
  first?.focus();
  return first !== undefined;
}
