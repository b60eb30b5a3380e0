import { mount } from 'svelte';

import App from './App.svelte';
import type { Backend } from './backend/backend';
import { tauriBackend } from './backend/tauri';
import { readFirst } from './state/first';

const query = new URLSearchParams(location.search);

/** The agent; in the `fake` build one that lives in the page. */
async function backend(): Promise<Backend> {
  if (!__FAKE__) return tauriBackend;
  const { installFake } = await import('./backend/fake/install');
  return installFake(query);
}

const target = document.getElementById('app');
if (target !== null)
  mount(App, { target, props: { backend: await backend(), first: readFirst(query, navigator.language) } });
