import { onMount } from 'svelte';

/** The time of now, renewed each second while the component that asked for it is shown. */
export function clock(): { readonly value: number } {
  let value = $state(Date.now());
  onMount(() => {
    const timer = setInterval(() => (value = Date.now()), 1000);
    return () => clearInterval(timer);
  });
  return {
    get value() {
      return value;
    },
  };
}
