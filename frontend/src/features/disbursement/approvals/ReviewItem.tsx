import { Alert, Button } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { DisbursementView } from '~/features/disbursement/requests/DisbursementView';
import type { DisbursementDetail } from '~/features/disbursement/requests/parts';
import { useDisbursement } from '~/features/disbursement/requests/useDisbursement';
import { type ActName, useDisbursementActs } from '~/features/disbursement/requests/useDisbursementActs';
import type { Problem } from '~/platform/api/problem';
import { isComposing, isWritingIn } from '~/platform/keys/onKey';
import { ActButton } from '~/ui/actions/ActButton';
import { Refused } from '~/ui/form/Refused';
import { TextField } from '~/ui/form/TextField';
import { EmptyState } from '~/ui/states/EmptyState';
import { FaultState } from '~/ui/states/FaultState';
import { Waiting } from '~/ui/states/Waiting';

type Props = { id: string; acts: readonly ActName[]; onActed: () => void; onNext: (() => void) | null };

export function ReviewItem({ id, acts, onActed, onNext }: Props) {
  const t = useTranslations('disbursement');
  const { data, fault, refetch } = useDisbursement(id);
  const [done, setDone] = useState<ActName | null>(null);
  if (fault) return <FaultState fault={fault} onRetry={refetch} />;
  if (!data) return <Waiting />;
  if (!data.disbursement) return <EmptyState text={t('page.missing')} />;
  const found = data.disbursement;
  return (
    <article className="ak-desk-item" aria-label={t('page.title', { number: found.number })}>
      <h2>{t('page.title', { number: found.number })}</h2>
      <DisbursementView found={found} />
      {done ? (
        <div className="ak-actions ak-decision">
          <Alert type="success" showIcon title={t(`desk.done.${done}`)} />
          {onNext ? <Button onClick={onNext}>{t('desk.next')}</Button> : null}
        </div>
      ) : (
        <Decision
          key={found.digest}
          found={found}
          offered={acts}
          onDone={(act) => {
            setDone(act);
            onActed();
            refetch();
          }}
        />
      )}
    </article>
  );
}

type DecisionProps = { found: DisbursementDetail; offered: readonly ActName[]; onDone: (act: ActName) => void };
const KEYS: Partial<Record<ActName, string>> = { approve: 'A', audit: 'A', sendBack: 'R' };

/** Agreeing is one press; sending back and rejecting want a reason. Keys work only outside of fields. */
function Decision({ found, offered, onDone }: DecisionProps) {
  const t = useTranslations('disbursement');
  const [comment, setComment] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const { acts, shown } = useDisbursementActs(found, { comment, onDone, onProblem: setProblem });
  const usable = offered.filter((name) => shown.includes(name));
  const latest = useRef({ acts, usable });
  useEffect(function keepActsFresh() {
    latest.current = { acts, usable };
  });
  useEffect(function listenForKeys() {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || isComposing(event) || isWritingIn(event.target)) return;
      const name = latest.current.usable.find((one) => KEYS[one] === event.key.toUpperCase());
      if (name) void latest.current.acts[name].run();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
  if (usable.length === 0) return null;
  return (
    <div className="ak-decision">
      <Refused problem={problem} />
      <TextField label={t('act.comment')} value={comment} onChange={setComment} />
      <div className="ak-actions">
        {usable.map((name, index) => (
          <ActButton
            key={name}
            primary={index === 0}
            danger={name === 'reject'}
            allowed={found.viewerCan[name]}
            phase={acts[name].phase}
            shortcut={KEYS[name]}
            onClick={() => void acts[name].run()}
          >
            {t(`act.${name}`)}
          </ActButton>
        ))}
      </div>
    </div>
  );
}
