/** Puts `light` or `dark` on the page and follows the system when asked to; returns the way to stop. */
export function followTheme(theme: string): () => void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const resolved = theme === 'light' || theme === 'dark' ? theme : dark.matches ? 'dark' : 'light';
    document.documentElement.dataset['theme'] = resolved;
  };
  apply();
  dark.addEventListener('change', apply);
  return () => dark.removeEventListener('change', apply);
}
