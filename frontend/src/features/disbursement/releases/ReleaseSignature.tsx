import { Alert } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import { formatYuan, totalYuan } from '~/domain/money';
import type { ReleaseItem } from '~/features/disbursement/releases/releaseRules';
import { ReleaseDisbursementsDocument } from '~/generated/graphql';
import { type Problem, problemOf } from '~/platform/api/problem';
import { useCommand } from '~/platform/api/useCommand';
import { ActButton } from '~/ui/actions/ActButton';
import { Refused } from '~/ui/form/Refused';

const ARM_AFTER_MS = 700;

/** False for a moment after the question appears: the second half of a double click must not answer it. */
function useArmed(asked: boolean): boolean {
  const [armed, setArmed] = useState(false);
  useEffect(
    function armAfterAMoment() {
      const timer = setTimeout(() => setArmed(asked), asked ? ARM_AFTER_MS : 0);
      return () => clearTimeout(timer);
    },
    [asked],
  );
  return asked && armed;
}

type Props = { items: readonly ReleaseItem[]; onPaying: (now: boolean) => void; onPaid: (text: string) => void };

/** The one dangerous button: first it asks, in figures, then it pays. There is no way back, and it says so. */
export function ReleaseSignature({ items, onPaying, onPaid }: Props) {
  const t = useTranslations('disbursement');
  const [asked, setAsked] = useState(false);
  const armed = useArmed(asked);
  const [problem, setProblem] = useState<Problem | null>(null);
  const release = useCommand(ReleaseDisbursementsDocument);
  const count = items.reduce((sum, item) => sum + item.lines.length, 0);
  const amount = formatYuan(totalYuan(items.map((item) => item.total)));
  const refusing = items.find((item) => !item.viewerCan.release.allowed);
  const pay = async () => {
    onPaying(true);
    const outcome = await release.run({ items: items.map(({ id, digest }) => ({ disbursementId: id, digest })) });
    setProblem(problemOf(outcome));
    if (outcome?.kind === 'success') onPaid(t('review.paid', { count, amount: formatYuan(outcome.value.total), capitals: outcome.value.totalCapitals }));
    else if (outcome) onPaying(false);
  };
  return (
    <div className="ak-signature">
      <Refused problem={problem} />
      {asked ? (
        <Alert
          type="warning"
          showIcon
          title={t('review.confirm', { count, amount })}
          description={t('review.noReturn')}
        />
      ) : null}
      <div className="ak-actions">
        {asked ? (
          <ActButton key="pay" primary danger allowed={{ allowed: armed }} phase={release.phase} onClick={() => void pay()}>
            {t('review.confirmSign')}
          </ActButton>
        ) : (
          <ActButton key="ask" primary allowed={refusing?.viewerCan.release} onClick={() => setAsked(true)}>
            {t('review.sign')}
          </ActButton>
        )}
        {asked && !release.busy ? <ActButton onClick={() => setAsked(false)}>{t('review.notYet')}</ActButton> : null}
      </div>
    </div>
  );
}
