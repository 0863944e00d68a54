import { useTranslations } from 'use-intl';
import { ApprovalPlan } from '~/features/disbursement/requests/ApprovalPlan';
import { CheckList } from '~/features/disbursement/requests/CheckList';
import type { PayPreview } from '~/features/disbursement/requests/usePayPreview';
import { Section } from '~/ui/page/Section';

/** The automatic review as it would be now, with the server's own words. */
export function ChecksPreview({ preview }: { preview: PayPreview }) {
  const t = useTranslations('disbursement');
  return (
    <Section title={t('preview.title')}>
      <div role="status">
        {preview.state === 'incomplete' ? <p className="ak-muted">{t('preview.incomplete')}</p> : null}
        {preview.state === 'asking' ? <p className="ak-muted">{t('preview.asking')}</p> : null}
        {preview.state === 'refused' ? <p className="ak-wrong">■ {preview.problem.message || t('preview.unanswered')}</p> : null}
      </div>
      {preview.state === 'judged' ? (
        <>
          <CheckList checks={preview.judged.checks} />
          {preview.judged.approvalPlan.length > 0 ? <h3>{t('plan.title')}</h3> : null}
          <ApprovalPlan steps={preview.judged.approvalPlan} />
        </>
      ) : null}
    </Section>
  );
}
