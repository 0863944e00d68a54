import type { CapabilityFactsFragment, IntegrationFactsFragment, SettingFactsFragment } from '~/generated/graphql';
import type { Tone } from '~/ui/status/StatusMark';

type Condition = IntegrationFactsFragment['condition'];

const TONES: Record<Condition, Tone> = {
  PLUGIN_MISSING: 'bad', SWITCHED_OFF: 'locked', CIRCUIT_OPEN: 'bad', FAILING: 'bad', PROBING: 'warn', NEVER_REACHED: 'warn',
  CERTIFICATE_ENDING: 'warn', NORMAL: 'good', BY_FILE: 'plain', INACTIVE: 'open',
};

export function conditionTone(condition: Condition): Tone {
  return TONES[condition];
}

/** A week is too short for an application to the bank, a month is just enough. */
export function certificateTone(daysLeft: number): Tone {
  if (daysLeft <= 7) return 'bad';
  return daysLeft <= 30 ? 'warn' : 'good';
}

export function queueLength(queue: IntegrationFactsFragment['queue']): number {
  return queue.ready + queue.sending + queue.accepted + queue.unknown + queue.awaitingBank;
}

/** In the order in which money goes: accounts, orders, what is told. */
export const ABILITIES = [
  'subAccountsOnline', 'subAccountsPool', 'payFromSubAccount', 'adjustments', 'transfers', 'realtimeResult', 'answersQueries',
  'statementsPull', 'statementsPush', 'balances', 'receipts', 'accountCheck',
] as const satisfies readonly (keyof CapabilityFactsFragment)[];

export type Ability = (typeof ABILITIES)[number];
export type Values = Readonly<Record<string, string>>;

/** What the form begins with: what is entered; a secret is never handed out, so its field is empty. */
export function valuesOf(fields: readonly SettingFactsFragment[]): Values {
  return Object.fromEntries(fields.map((field) => [field.name, field.value ?? '']));
}

/** Labels of what the person has changed, for the question before it is stored. */
export function changedLabels(fields: readonly SettingFactsFragment[], values: Values): string[] {
  return fields.filter((field) => (values[field.name] ?? '').trim() !== (field.value ?? '')).map((field) => field.label);
}

/** The field that an error of the server names: `settings.endpoint` is `endpoint`. */
export function fieldOf(path: string | null | undefined): string | null {
  return path?.startsWith('settings.') ? path.slice('settings.'.length) : null;
}
