import { Alert } from 'antd';
import { useEffect, useRef } from 'react';
import { useTranslations } from 'use-intl';

type Props = { problem: { message: string; code?: string; reference?: string | null } | null };

/** Why the server said no, in its own words, focused so that it is read and seen. */
export function Refused({ problem }: Props) {
  const t = useTranslations('ui');
  const box = useRef<HTMLDivElement>(null);
  useEffect(
    function leadTheEye() {
      if (problem) box.current?.focus();
    },
    [problem],
  );
  if (!problem) return null;
  const tail = problem.reference ? t('fault.reference', { reference: problem.reference }) : problem.code;
  return (
    <div ref={box} tabIndex={-1} className="ak-refused">
      <Alert type="error" showIcon title={problem.message} description={tail ? <code>{tail}</code> : undefined} />
    </div>
  );
}
