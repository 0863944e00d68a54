import { useTranslations } from 'use-intl';
import type { ApprovalStepPart } from '~/features/disbursement/requests/parts';
import { formatInstant } from '~/platform/clock';

/** Who has to agree, who already did. */
export function ApprovalPlan({ steps }: { steps: readonly ApprovalStepPart[] }) {
  const t = useTranslations('disbursement');
  if (steps.length === 0) return null;
  return (
    <ol className="ak-plan" aria-label={t('plan.title')}>
      {steps.map((step) => (
        <li key={step.level} data-done={step.doneBy ? 'yes' : 'no'}>
          {t('plan.level', { level: step.level })} {step.title}
          {step.doneBy ? (
            <span>
              {' '}
              ✓ {step.doneBy} {step.doneAt ? formatInstant(step.doneAt) : ''}
            </span>
          ) : (
            <span className="ak-muted"> {t('plan.waiting')}</span>
          )}
        </li>
      ))}
    </ol>
  );
}
