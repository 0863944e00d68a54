import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export const config = defineConfig({
  resolve: { alias: { '~': fileURLToPath(new URL('./src', import.meta.url)) } },
  oxc: { jsx: { runtime: 'automatic' } },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}', 'tests/**/*.test.{ts,tsx}'],
    setupFiles: ['tests/fixtures/setup.ts'],
    testTimeout: 20_000,
    // One copy of graphql for the schema and for the server that the live test starts.
    server: { deps: { inline: ['graphql', 'graphql-ws'] } },
    maxWorkers: 2,
  },
});

export { config as default };
