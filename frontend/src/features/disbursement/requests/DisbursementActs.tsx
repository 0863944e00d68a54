import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { useTranslations } from 'use-intl';
import type { DisbursementDetail } from '~/features/disbursement/requests/parts';
import { useDisbursementActs } from '~/features/disbursement/requests/useDisbursementActs';
import { paths } from '~/platform/paths';
import { ActButton } from '~/ui/actions/ActButton';
import { Refused } from '~/ui/form/Refused';
import { TextField } from '~/ui/form/TextField';
import { Section } from '~/ui/page/Section';
import type { Problem } from '~/platform/api/problem';

type Props = { found: DisbursementDetail; onDone: () => void };

/** The acts of whoever looks. What the person could never do is absent; what may not be done now is disabled with the reason. */
export function DisbursementActs({ found, onDone }: Props) {
  const t = useTranslations('disbursement');
  const navigate = useNavigate();
  const [comment, setComment] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const { acts, shown, commentUseful } = useDisbursementActs(found, { comment, onDone, onProblem: setProblem });
  if (shown.length === 0 && !found.viewerCan.edit.allowed && !found.viewerCan.release.allowed) return null;
  return (
    <Section title={t('act.title')}>
      <Refused problem={problem} />
      {commentUseful ? <TextField label={t('act.comment')} value={comment} onChange={setComment} /> : null}
      <div className="ak-actions">
        {shown.map((name) => (
          <ActButton
            key={name}
            primary={name === 'approve' || name === 'audit' || name === 'submit'}
            danger={name === 'reject'}
            allowed={found.viewerCan[name]}
            phase={acts[name].phase}
            onClick={() => void acts[name].run()}
          >
            {t(`act.${name}`)}
          </ActButton>
        ))}
        {found.viewerCan.edit.allowed ? <ActButton onClick={() => void navigate(paths.editDisbursement(found.id))}>{t('act.edit')}</ActButton> : null}
        {found.viewerCan.release.allowed ? (
          <Link className="ak-button ak-button-primary" to={paths.releaseReview([found.id])}>
            {t('act.toRelease')}
          </Link>
        ) : null}
      </div>
    </Section>
  );
}
