// Before the first paint, which doesn't wait for the page's program: the theme that the address names, or the desktop's.
// `src/state/theme.ts` follows it from then on.
{
  const said = new URLSearchParams(location.search).get('theme');
  const dark = said === 'dark' || (said !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
}
