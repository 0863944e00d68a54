import { useTranslations } from 'use-intl';
import type { CasePageQuery } from '~/generated/graphql';
import { Amount } from '~/ui/money/Amount';
import { Facts } from '~/ui/page/Facts';
import { Section } from '~/ui/page/Section';
import { StatusMark } from '~/ui/status/StatusMark';
import { toneOf } from '~/ui/status/tones';

export function CaseBalance({ balance }: { balance: CasePageQuery['caseBalance'] }) {
  const t = useTranslations('registry');
  return (
    <Section title={t('balance.title')}>
      <dl className="ak-figures">
        {(['available', 'held', 'received', 'paid'] as const).map((figure) => (
          <div key={figure} data-figure={figure}>
            <dt>{t(`balance.${figure}`)}</dt>
            <dd>
              <Amount yuan={balance[figure]} sign large={figure === 'available'} />
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

export function CaseFacts({ found }: { found: NonNullable<CasePageQuery['case']> }) {
  const t = useTranslations('registry');
  return (
    <Section title={t('page.facts')}>
      <Facts
        facts={[
          { term: t('case.status'), value: <StatusMark tone={toneOf(found.status)}>{t(`status.${found.status}`)}</StatusMark> },
          { term: t('case.type'), value: found.typeName ? `${found.typeCode}（${found.typeName}）` : found.typeCode },
          { term: t('case.cause'), value: found.cause },
          { term: t('case.subjectAmount'), value: found.subjectAmount ? <Amount yuan={found.subjectAmount} sign /> : null },
          { term: t('case.handler'), value: found.handler?.name },
          { term: t('case.department'), value: found.department?.name },
          { term: t('case.court'), value: found.court.name },
          { term: t('case.registeredOn'), value: found.registeredOn },
        ]}
      />
    </Section>
  );
}
