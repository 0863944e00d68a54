import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { ClaimLine } from '~/features/collection/receipts/claimRules';
import { CaseChoicesDocument } from '~/generated/graphql';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { Combobox } from '~/ui/form/Combobox';

const PAUSE_MS = 250;
type Props = { label: string; line: ClaimLine; courtId: string; onChange: (part: Partial<ClaimLine>) => void };

/** Finds a case while its number or a party's name is typed. Typed text alone is no case: one must be picked. */
export function CaseField({ label, line, courtId, onChange }: Props) {
  const t = useTranslations('collection');
  const [search, setSearch] = useState('');
  useEffect(
    function searchAfterAPause() {
      const timer = setTimeout(() => setSearch(line.caseId ? '' : line.caseText.trim()), PAUSE_MS);
      return () => clearTimeout(timer);
    },
    [line.caseText, line.caseId],
  );
  const { data } = usePageQuery(CaseChoicesDocument, { search, courtId }, { skip: search.length < 2, exact: true });
  const options = (data?.cases.edges ?? []).map(({ node }) => ({
    id: node.id,
    label: node.number,
    detail: [node.cause, node.handler?.name].filter(Boolean).join(' · '),
  }));
  const nothing = search.length >= 2 && data !== undefined && options.length === 0;
  return (
    <Combobox
      label={label}
      text={line.caseText}
      options={line.caseId ? [] : options}
      hint={line.caseId ? t('claim.casePicked') : nothing ? t('claim.caseNone') : t('claim.caseHint')}
      onType={(caseText) => onChange({ caseText, caseId: null })}
      onPick={(option) => onChange({ caseText: option.label, caseId: option.id })}
    />
  );
}
