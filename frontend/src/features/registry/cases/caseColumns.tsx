import { Link } from 'react-router';
import { useTranslations } from 'use-intl';
import type { CaseListQuery } from '~/generated/graphql';
import { paths } from '~/platform/paths';
import type { Column } from '~/ui/grid/DataGrid';
import { Amount } from '~/ui/money/Amount';
import { StatusMark } from '~/ui/status/StatusMark';
import { toneOf } from '~/ui/status/tones';

export type CaseRow = CaseListQuery['cases']['edges'][number]['node'];

/** The case number leads and is the link; status comes last. */
export function useCaseColumns(): readonly Column<CaseRow>[] {
  const t = useTranslations('registry');
  return [
    { key: 'number', title: t('case.number'), heading: true, cell: (row) => <Link to={paths.case(row.id)}>{row.number}</Link> },
    { key: 'cause', title: t('case.cause'), cell: (row) => row.cause ?? '--' },
    { key: 'handler', title: t('case.handler'), cell: (row) => row.handler?.name ?? '--' },
    { key: 'court', title: t('case.court'), minor: true, cell: (row) => row.court.name },
    {
      key: 'subject',
      title: t('case.subjectAmount'),
      numeric: true,
      cell: (row) => (row.subjectAmount ? <Amount yuan={row.subjectAmount} /> : '--'),
    },
    { key: 'registered', title: t('case.registeredOn'), minor: true, cell: (row) => row.registeredOn },
    { key: 'status', title: t('case.status'), cell: (row) => <StatusMark tone={toneOf(row.status)}>{t(`status.${row.status}`)}</StatusMark> },
  ];
}
