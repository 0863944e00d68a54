import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useTranslations } from 'use-intl';
import type { OverviewPageQuery } from '~/generated/graphql';
import { paths } from '~/platform/paths';
import { Amount } from '~/ui/money/Amount';
import { Section } from '~/ui/page/Section';

type Overview = OverviewPageQuery['overview'];
type Figure = { key: string; term: string; value: ReactNode; note?: ReactNode; to: string; loud?: boolean };

export function HeadFigures({ overview }: { overview: Overview }) {
  const t = useTranslations('insight');
  const court = overview.court.id;
  const figures: Figure[] = [
    {
      key: 'received',
      term: t('figure.received'),
      value: <Amount yuan={overview.receivedToday} sign large />,
      note: t('figure.count', { count: overview.receivedCount }),
      to: paths.receipts({ court, from: overview.on, to: overview.on }),
    },
    {
      key: 'paid',
      term: t('figure.paid'),
      value: <Amount yuan={overview.paidToday} sign large />,
      note: t('figure.count', { count: overview.paidCount }),
      to: paths.disbursements({ court, status: 'SETTLED' }),
    },
    { key: 'available', term: t('figure.available'), value: <Amount yuan={overview.available} sign />, note: <>{t('figure.held')} <Amount yuan={overview.held} sign /></>, to: paths.cases({ court }) },
    {
      key: 'unidentified',
      term: t('figure.unidentified'),
      value: <Amount yuan={overview.unidentified} sign />,
      note: t('figure.count', { count: overview.unidentifiedCount }),
      to: paths.receipts({ court, status: 'UNIDENTIFIED' }),
      loud: overview.unidentifiedCount > 0,
    },
    {
      key: 'unknown',
      term: t('figure.unknown'),
      value: overview.unknownInstructions,
      to: paths.disbursements({ court, status: 'RELEASED' }),
      loud: overview.unknownInstructions > 0,
    },
    { key: 'alarms', term: t('figure.alarms'), value: overview.openAlarms, to: paths.alarms({ court }), loud: overview.openAlarms > 0 },
    { key: 'approval', term: t('figure.awaitingApproval'), value: overview.awaitingApproval, to: paths.disbursements({ court, status: 'IN_APPROVAL' }) },
    { key: 'audit', term: t('figure.awaitingAudit'), value: overview.awaitingAudit, to: paths.disbursements({ court, status: 'APPROVED' }) },
    { key: 'release', term: t('figure.awaitingRelease'), value: overview.awaitingRelease, to: paths.disbursements({ court, status: 'AUDITED' }) },
  ];
  return (
    <Section title={t('today')}>
      <dl className="ak-figures">
        {figures.map((figure) => (
          <div key={figure.key} data-figure={figure.key} className={figure.loud ? 'ak-loud' : undefined}>
            <dt>
              {figure.loud ? '▲ ' : ''}
              {figure.term}
            </dt>
            <dd>
              <Link to={figure.to}>{figure.value}</Link>
              {figure.note ? <small className="ak-second">{figure.note}</small> : null}
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
