import { formatYuan, readPositiveYuan, totalYuan, type Yuan } from '~/domain/money';
import { halfWidth } from '~/domain/halfWidth';
import type { DisbursementDetail_DisbursementFragment, DisbursementKind, DisbursementLineInput } from '~/generated/graphql';

export const DISBURSEMENT_KINDS: readonly DisbursementKind[] = [
  'PAY_PARTY',
  'REFUND_PAYER',
  'REFUND_COURT_FEE',
  'LITIGATION_FEE',
  'ENFORCEMENT_FEE',
  'FINE',
  'CRIMINAL_FINE',
  'OTHER_COURT',
  'BANKRUPTCY_ADMINISTRATOR',
  'DEPOSIT',
];

export type PayLine = {
  key: number;
  /** Id of a party, NOT_A_PARTY, or nothing while nobody was chosen. */
  partyId: string;
  payeeName: string;
  payeeAccount: string;
  payeeBankName: string;
  payeeBankCode: string;
  amount: string;
};
export type PayForm = { kind: DisbursementKind; purpose: string; lines: PayLine[] };

/** Chosen on purpose: the payee is no party of the case. */
export const NOT_A_PARTY = 'none';

let keys = 0;

export function newPayLine(part: Partial<PayLine> = {}): PayLine {
  keys += 1;
  return { key: keys, partyId: '', payeeName: '', payeeAccount: '', payeeBankName: '', payeeBankCode: '', amount: '', ...part };
}

/** Digits of an account or bank code, whatever gaps and widths they were typed with. */
export function tidyDigits(typed: string): string {
  return halfWidth(typed).replace(/[\s-]/g, '');
}

/** The form of a stored request, to be changed. */
export function formOf(stored: DisbursementDetail_DisbursementFragment): PayForm {
  return {
    kind: stored.kind,
    purpose: stored.purpose,
    lines: stored.lines.map((line) =>
      newPayLine({
        partyId: line.party?.id ?? '',
        payeeName: line.payeeName,
        payeeAccount: line.payeeAccount,
        payeeBankName: line.payeeBankName,
        payeeBankCode: line.payeeBankCode ?? '',
        amount: formatYuan(line.amount),
      }),
    ),
  };
}

/** Sum of the amounts that can be read. */
export function formTotal(form: PayForm): Yuan {
  return totalYuan(form.lines.flatMap(({ amount }) => {
    const reading = readPositiveYuan(amount);
    return reading.ok ? [reading.yuan] : [];
  }));
}

/** The request as the API takes it, or null while something obligatory is missing. */
export function payInput(form: PayForm): { purpose: string; lines: DisbursementLineInput[] } | null {
  const lines: DisbursementLineInput[] = [];
  for (const line of form.lines) {
    const reading = readPositiveYuan(line.amount);
    if (!reading.ok || line.payeeName.trim() === '' || tidyDigits(line.payeeAccount) === '') return null;
    lines.push({
      payeeName: line.payeeName.trim(),
      payeeAccount: tidyDigits(line.payeeAccount),
      payeeBankName: line.payeeBankName.trim(),
      payeeBankCode: tidyDigits(line.payeeBankCode) || null,
      partyId: line.partyId === NOT_A_PARTY ? null : line.partyId || null,
      amount: reading.yuan,
    });
  }
  return form.purpose.trim() === '' || lines.length === 0 ? null : { purpose: form.purpose.trim(), lines };
}
