import { Alert } from 'antd';
import { useTranslations } from 'use-intl';
import type { PluginPageQuery } from '~/generated/graphql';
import { formatInstant } from '~/platform/clock';
import { type Column, DataGrid } from '~/ui/grid/DataGrid';
import { Facts } from '~/ui/page/Facts';
import { Section } from '~/ui/page/Section';
import { StatusMark, type Tone } from '~/ui/status/StatusMark';

type Certificate = NonNullable<PluginPageQuery['plugins'][number]['certificate']>;
type Row = Certificate['indicators'][number];

const TONES: Record<Row['verdict'], Tone> = { PASS: 'good', FAIL: 'bad', NOT_DECLARED: 'open', NOT_RUN: 'warn' };

/** What was measured against the bank's simulator or a real endpoint, row by row. */
export function CertificateTable({ certificate }: { certificate: Certificate | null }) {
  const t = useTranslations('plugin');
  if (!certificate) {
    return (
      <Section title={t('certificate.title')}>
        <p className="ak-muted">{t('certificate.none')}</p>
      </Section>
    );
  }
  const { summary } = certificate;
  const columns: readonly Column<Row>[] = [
    { key: 'no', title: t('certificate.no'), numeric: true, cell: (row) => (row.number === 0 ? '·' : row.number) },
    { key: 'title', title: t('certificate.indicator'), heading: true, cell: (row) => row.title },
    { key: 'verdict', title: t('certificate.verdict'), cell: (row) => <StatusMark tone={TONES[row.verdict]}>{row.verdictTitle}</StatusMark> },
    { key: 'checks', title: t('certificate.checks'), numeric: true, minor: true, cell: (row) => row.checks },
    { key: 'said', title: t('certificate.said'), cell: (row) => <Said row={row} /> },
  ];
  return (
    <Section title={t('certificate.title')}>
      <Facts
        facts={[
          { term: t('certificate.date'), value: formatInstant(summary.date) },
          { term: t('column.version'), value: summary.version },
          { term: t('certificate.against'), value: certificate.endpoint === 'live' ? t('certificate.live') : t('certificate.simulator') },
          { term: t('certificate.counts'), value: t('certificate.figures', { passed: summary.passed, failed: summary.failed, other: summary.notDeclared }) },
        ]}
      />
      {certificate.isOfInstalledFiles ? null : <Alert type="warning" showIcon title={t('certificate.stale')} />}
      <p className="ak-muted">{t('certificate.meaning')}</p>
      <DataGrid caption={t('certificate.title')} columns={columns} rows={certificate.indicators} rowKey={(row) => row.id} empty={t('certificate.none')} />
    </Section>
  );
}

function Said({ row }: { row: Row }) {
  const told = [...row.figures, ...row.failures, row.note].filter(Boolean);
  return told.length === 0 ? '--' : told.map((text) => <div key={text}>{text}</div>);
}
