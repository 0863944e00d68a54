import { useTranslations } from 'use-intl';
import type { CasePageQuery } from '~/generated/graphql';
import { type Column, DataGrid } from '~/ui/grid/DataGrid';
import { Section } from '~/ui/page/Section';

type Party = CasePageQuery['parties']['edges'][number]['node'];

export function PartyList({ parties }: { parties: readonly Party[] }) {
  const t = useTranslations('registry');
  const columns: readonly Column<Party>[] = [
    { key: 'name', title: t('party.name'), heading: true, cell: (row) => row.name },
    { key: 'role', title: t('party.role'), cell: (row) => t(`partyRole.${row.role}`) },
    { key: 'kind', title: t('party.kind'), cell: (row) => t(`partyKind.${row.kind}`) },
    { key: 'identifier', title: t('party.identifier'), minor: true, cell: (row) => row.identifierMasked ?? '--' },
    { key: 'phone', title: t('party.phone'), minor: true, cell: (row) => row.phoneMasked ?? '--' },
  ];
  return (
    <Section title={t('party.title')} count={parties.length}>
      <DataGrid caption={t('party.title')} columns={columns} rows={parties} rowKey={(row) => row.id} empty={t('party.none')} />
    </Section>
  );
}
