import type { CodegenConfig } from '@graphql-codegen/cli';

/**
 * Types of the API from the schema the server exports. The result is committed,
 * so that building and testing need neither this tool nor a running server.
 */
const config: CodegenConfig = {
  schema: process.env.ANKUAN_SCHEMA ?? '../schema/schema.graphql',
  documents: ['src/**/*.graphql'],
  generates: {
    'src/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        scalars: { Money: 'string', Date: 'string', DateTime: 'string', JSON: 'unknown', ID: 'string' },
        useTypeImports: true,
        skipTypename: false,
        nonOptionalTypename: true,
        dedupeFragments: true,
      },
    },
  },
};

// The tool looks for a default export; it is the only one in this folder (see tests/tidy).
export default config;
