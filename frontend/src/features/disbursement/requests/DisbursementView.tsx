import { Link } from 'react-router';
import { useTranslations } from 'use-intl';
import { digestPrefix } from '~/domain/digest';
import { ActsTimeline } from '~/features/disbursement/requests/ActsTimeline';
import { ApprovalPlan } from '~/features/disbursement/requests/ApprovalPlan';
import { CheckList, CheckSummary } from '~/features/disbursement/requests/CheckList';
import { DisbursementLines } from '~/features/disbursement/requests/DisbursementLines';
import type { DisbursementDetail } from '~/features/disbursement/requests/parts';
import { formatInstant } from '~/platform/clock';
import { paths } from '~/platform/paths';
import { Amount } from '~/ui/money/Amount';
import { Facts } from '~/ui/page/Facts';
import { Section } from '~/ui/page/Section';
import { StatusMark } from '~/ui/status/StatusMark';
import { toneOf } from '~/ui/status/tones';

/** Everything somebody needs to judge a request, in the order of judging: how much, to whom, why, what the checks say. */
export function DisbursementView({ found }: { found: DisbursementDetail }) {
  const t = useTranslations('disbursement');
  return (
    <>
      <Section title={t('page.facts')}>
        <p className="ak-lead">
          <Amount yuan={found.total} sign large /> <span>{found.totalCapitals}</span>
        </p>
        <Facts
          facts={[
            { term: t('request.status'), value: <StatusMark tone={toneOf(found.status)}>{found.statusTitle}</StatusMark> },
            { term: t('checks.title'), value: found.checks.length > 0 ? <CheckSummary checks={found.checks} /> : null },
            { term: t('request.case'), value: <Link to={paths.case(found.case.id)}>{found.case.number}</Link> },
            { term: t('request.kind'), value: found.kindTitle },
            { term: t('request.purpose'), value: found.purpose },
            { term: t('request.requestedBy'), value: `${found.requestedBy.name} ${formatInstant(found.submittedAt ?? found.createdAt)}` },
            { term: t('request.fundAccount'), value: `${found.fundAccount.bankName} ${found.fundAccount.accountNoMasked}` },
            { term: t('request.version'), value: t('request.versionDigest', { version: found.version, digest: digestPrefix(found.digest) }) },
          ]}
        />
      </Section>
      <DisbursementLines lines={found.lines} />
      <Section title={t('checks.title')}>
        <CheckList checks={found.checks} />
      </Section>
      {found.approvalPlan.length > 0 ? (
        <Section title={t('plan.title')}>
          <ApprovalPlan steps={found.approvalPlan} />
        </Section>
      ) : null}
      <Section title={t('acts.title')}>
        <ActsTimeline acts={found.acts} />
      </Section>
    </>
  );
}
