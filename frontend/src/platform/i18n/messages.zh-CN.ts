import app from '~/locales/zh-CN/app.json';
import banking from '~/locales/zh-CN/banking.json';
import collection from '~/locales/zh-CN/collection.json';
import disbursement from '~/locales/zh-CN/disbursement.json';
import home from '~/locales/zh-CN/home.json';
import identity from '~/locales/zh-CN/identity.json';
import insight from '~/locales/zh-CN/insight.json';
import integration from '~/locales/zh-CN/integration.json';
import plugin from '~/locales/zh-CN/plugin.json';
import registry from '~/locales/zh-CN/registry.json';
import supervision from '~/locales/zh-CN/supervision.json';
import ui from '~/locales/zh-CN/ui.json';

export const messages = { app, banking, collection, disbursement, home, identity, insight, integration, plugin, registry, supervision, ui };
