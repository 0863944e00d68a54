import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { BindSubAccountDocument, type CasePageQuery } from '~/generated/graphql';
import { type Problem, problemOf } from '~/platform/api/problem';
import { useCommand } from '~/platform/api/useCommand';
import { usePermissions } from '~/platform/permissions/usePermissions';
import { ActButton } from '~/ui/actions/ActButton';
import { Refused } from '~/ui/form/Refused';
import { CopyText } from '~/ui/page/CopyText';
import { Facts } from '~/ui/page/Facts';
import { Section } from '~/ui/page/Section';
import { StatusMark } from '~/ui/status/StatusMark';
import { toneOf } from '~/ui/status/tones';

type SubAccount = CasePageQuery['subAccounts']['edges'][number]['node'];
type Props = { caseId: string; subAccounts: readonly SubAccount[]; onBound: () => void };

/** The number that goes into the enforcement notice: account name, bank, and the number itself. */
export function SubAccountPanel({ caseId, subAccounts, onBound }: Props) {
  const t = useTranslations('registry');
  const may = usePermissions();
  const [problem, setProblem] = useState<Problem | null>(null);
  const command = useCommand(BindSubAccountDocument);
  const bind = async () => {
    const outcome = await command.run({ caseId });
    setProblem(problemOf(outcome));
    if (outcome?.kind === 'success') onBound();
  };
  return (
    <Section title={t('subAccount.title')}>
      <Refused problem={problem} />
      {subAccounts.map((one) => (
        <div key={one.id} className="ak-sub-account">
          <CopyText text={one.number} label={t('subAccount.number')} />
          <Facts
            facts={[
              { term: t('subAccount.accountName'), value: one.fundAccount.name },
              { term: t('subAccount.bank'), value: one.fundAccount.bankName },
              { term: t('subAccount.status'), value: <StatusMark tone={toneOf(one.status)}>{t(`subAccountStatus.${one.status}`)}</StatusMark> },
            ]}
          />
          <p className="ak-muted">{t('subAccount.forNotice')}</p>
        </div>
      ))}
      {subAccounts.length === 0 ? (
        <>
          <p>{t('subAccount.none')}</p>
          {may('case.register') || may('case.manage') ? (
            <ActButton phase={command.phase} onClick={() => void bind()}>
              {t('subAccount.bind')}
            </ActButton>
          ) : null}
        </>
      ) : null}
    </Section>
  );
}
