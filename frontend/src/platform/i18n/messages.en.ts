import app from '~/locales/en/app.json';
import banking from '~/locales/en/banking.json';
import collection from '~/locales/en/collection.json';
import disbursement from '~/locales/en/disbursement.json';
import home from '~/locales/en/home.json';
import identity from '~/locales/en/identity.json';
import insight from '~/locales/en/insight.json';
import integration from '~/locales/en/integration.json';
import plugin from '~/locales/en/plugin.json';
import registry from '~/locales/en/registry.json';
import supervision from '~/locales/en/supervision.json';
import ui from '~/locales/en/ui.json';

export const messages = { app, banking, collection, disbursement, home, identity, insight, integration, plugin, registry, supervision, ui };
