import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The API's address during `npm run dev`; the built client is served by the API itself.
const api = process.env.ANKUAN_API ?? 'http://127.0.0.1:8600';
const proxied = { target: api, changeOrigin: true, headers: { origin: api } };

export const config = defineConfig({
  plugins: [react()],
  resolve: { alias: { '~': fileURLToPath(new URL('./src', import.meta.url)) } },
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    target: 'chrome107',
    manifest: true,
    modulePreload: { polyfill: false },
    // Inlined images would need data: in the page's security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
  },
  server: {
    port: 5173,
    proxy: {
      '/graphql': { ...proxied, ws: true },
      '/auth': proxied,
      '/files': proxied,
      '/payment-receipts/': proxied,
      '/payments/': proxied,
      // The page /reports is the client's own; its files are the server's.
      '^/reports/.+': proxied,
      '/verify/': proxied,
    },
  },
});

export { config as default };
