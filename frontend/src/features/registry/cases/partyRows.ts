import type { PartyInput, PartyKind, PartyRole } from '~/generated/graphql';

export type PartyRow = { key: number; name: string; role: PartyRole; kind: PartyKind; identifier: string; phone: string };

export const PARTY_ROLES: readonly PartyRole[] = ['APPLICANT', 'RESPONDENT', 'PLAINTIFF', 'DEFENDANT', 'THIRD_PARTY', 'OTHER'];
export const PARTY_KINDS: readonly PartyKind[] = ['NATURAL', 'LEGAL', 'OTHER'];

let keys = 0;

export function newParty(role: PartyRole): PartyRow {
  keys += 1;
  return { key: keys, name: '', role, kind: 'NATURAL', identifier: '', phone: '' };
}

/** Rows without a name are left out: nobody wrote anything there. */
export function partyInputs(rows: readonly PartyRow[]): PartyInput[] {
  return rows
    .filter((row) => row.name.trim() !== '')
    .map(({ name, role, kind, identifier, phone }) => ({
      name: name.trim(),
      role,
      kind,
      identifier: identifier.trim() || null,
      phone: phone.trim() || null,
    }));
}
