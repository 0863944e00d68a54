import { useTranslations } from 'use-intl';
import { capitals } from '~/domain/capitals';
import type { ReceiptDetail_ReceiptFragment } from '~/generated/graphql';
import { formatInstant } from '~/platform/clock';
import { Amount } from '~/ui/money/Amount';
import { Facts } from '~/ui/page/Facts';
import { Section } from '~/ui/page/Section';
import { StatusMark } from '~/ui/status/StatusMark';
import { toneOf } from '~/ui/status/tones';

export function ReceiptFacts({ receipt }: { receipt: ReceiptDetail_ReceiptFragment }) {
  const t = useTranslations('collection');
  return (
    <Section title={t('page.facts')}>
      <p className="ak-lead">
        <Amount yuan={receipt.amount} sign large /> <span className="ak-muted">{capitals(receipt.amount)}</span>
      </p>
      <Facts
        facts={[
          { term: t('receipt.status'), value: <StatusMark tone={toneOf(receipt.status)}>{t(`status.${receipt.status}`)}</StatusMark> },
          { term: t('receipt.unallocated'), value: <Amount yuan={receipt.unallocated} sign /> },
          { term: t('receipt.payer'), value: receipt.payerName },
          { term: t('receipt.payerAccount'), value: `${receipt.payerBank} ${receipt.payerAccountMasked}`.trim() },
          { term: t('receipt.remark'), value: receipt.remark },
          { term: t('receipt.subAccount'), value: receipt.subAccountNo },
          { term: t('receipt.arrivedAt'), value: formatInstant(receipt.arrivedAt, 'second') },
          { term: t('receipt.bookedOn'), value: receipt.bookedOn },
          { term: t('receipt.fundAccount'), value: `${receipt.fundAccount.bankName} ${receipt.fundAccount.accountNoMasked}` },
          { term: t('receipt.match'), value: receipt.matchTitle },
          { term: t('receipt.explanation'), value: receipt.matchExplanation },
        ]}
      />
    </Section>
  );
}
