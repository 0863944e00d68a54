import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { BankMessageTextsDocument, type IntegrationPageQuery } from '~/generated/graphql';
import { formatInstant } from '~/platform/clock';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { usePermissions } from '~/platform/permissions/usePermissions';
import { ActButton } from '~/ui/actions/ActButton';
import { type Column, DataGrid } from '~/ui/grid/DataGrid';
import { Section } from '~/ui/page/Section';
import { FaultState } from '~/ui/states/FaultState';
import { Waiting } from '~/ui/states/Waiting';

type Message = IntegrationPageQuery['integration']['lastMessages'][number];

/** What went over the wire. Texts are masked by the server and opened one by one; each look is written down. */
export function LastMessages({ messages }: { messages: readonly Message[] }) {
  const t = useTranslations('integration');
  const may = usePermissions();
  const [opened, setOpened] = useState<string | null>(null);
  const columns: readonly Column<Message>[] = [
    { key: 'at', title: t('message.at'), cell: (row) => formatInstant(row.startedAt, 'second') },
    { key: 'operation', title: t('message.operation'), heading: true, cell: (row) => <code>{row.operation}</code> },
    { key: 'instruction', title: t('message.instruction'), cell: (row) => row.instructionNumber ?? '--' },
    { key: 'took', title: t('message.took'), numeric: true, cell: (row) => row.milliseconds },
    { key: 'note', title: t('message.note'), minor: true, cell: (row) => (row.answered ? row.note || '--' : t('message.unanswered')) },
    {
      key: 'texts',
      title: t('message.texts'),
      cell: (row) => {
        if (!may('integration.messages')) return '--';
        const isOpen = opened === row.id;
        return <ActButton onClick={() => setOpened(isOpen ? null : row.id)}>{isOpen ? t('message.close') : t('message.open')}</ActButton>;
      },
    },
  ];
  const shown = messages.find((message) => message.id === opened);
  return (
    <Section title={t('message.title')} count={messages.length}>
      {may('integration.messages') ? <p className="ak-muted">{t('message.watched')}</p> : null}
      {shown ? <MessageTexts key={shown.id} message={shown} /> : null}
      <DataGrid caption={t('message.title')} columns={columns} rows={messages} rowKey={(row) => row.id} selectedKey={opened ?? undefined} empty={t('message.none')} />
    </Section>
  );
}

function MessageTexts({ message }: { message: Message }) {
  const t = useTranslations('integration');
  const { data, fault } = usePageQuery(BankMessageTextsDocument, { id: message.id }, { exact: true });
  if (fault) return <FaultState fault={fault} />;
  if (!data) return <Waiting />;
  if (data.node?.__typename !== 'BankMessage') return <p role="status">{t('message.gone')}</p>;
  const { request, response } = data.node.texts;
  return (
    <div className="ak-inset ak-form ak-wide" role="group" aria-label={t('message.of', { operation: message.operation })}>
      <p>
        <b>{message.operation}</b> {formatInstant(message.startedAt, 'second')}
      </p>
      <h3>{t('message.request')}</h3>
      <pre className="ak-wire">{request}</pre>
      <h3>{t('message.response')}</h3>
      {response === null || response === undefined ? <p>{t('message.unanswered')}</p> : <pre className="ak-wire">{response}</pre>}
    </div>
  );
}
