import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  // `--mode fake` is the page without an agent: for `npm run dev`, the browser tests and the pictures. Its code is not in the shipped page.
  define: { __FAKE__: JSON.stringify(mode === 'fake') },
  // Relative addresses: the page is served from tauri://localhost and, in tests, from a plain HTTP server.
  base: './',
  server: { fs: { allow: ['..'] } },
  build: {
    // The oldest web engines that Tauri 2 runs on here: WebKitGTK 2.40, WebView2, Safari 16.
    target: ['es2022', 'safari16'],
    // Everything comes from our own files (the content security policy has no `data:`).
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node', env: { TZ: 'Europe/Paris' } },
}));
