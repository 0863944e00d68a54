import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { ChecksPreview } from '~/features/disbursement/requests/ChecksPreview';
import { DISBURSEMENT_KINDS, formTotal, newPayLine, type PayForm } from '~/features/disbursement/requests/disbursementRules';
import { PayLineFields, type PayeeChoice } from '~/features/disbursement/requests/PayLineFields';
import type { PayPreview } from '~/features/disbursement/requests/usePayPreview';
import type { DisbursementKind } from '~/generated/graphql';
import type { Problem } from '~/platform/api/problem';
import type { CommandPhase } from '~/platform/api/useCommand';
import { capitals } from '~/domain/capitals';
import { Button } from 'antd';
import { ActButton } from '~/ui/actions/ActButton';
import { Refused } from '~/ui/form/Refused';
import { SelectField } from '~/ui/form/SelectField';
import { TextField } from '~/ui/form/TextField';
import { Amount } from '~/ui/money/Amount';
import { Section } from '~/ui/page/Section';

type Props = {
  form: PayForm;
  onChange: (form: PayForm) => void;
  payees: readonly PayeeChoice[];
  preview: PayPreview;
  problem: Problem | null;
  phase: CommandPhase;
  kindFixed?: boolean;
  onSave: (thenSubmit: boolean) => void;
};

/** Whom to pay, how much, what for; beside it what the checks would say. Enter sends nothing. */
export function DisbursementEditor({ form, onChange, payees, preview, problem, phase, kindFixed, onSave }: Props) {
  const t = useTranslations('disbursement');
  const [pressed, setPressed] = useState<'save' | 'submit' | null>(null);
  const total = formTotal(form);
  const press = (which: 'save' | 'submit') => {
    setPressed(which);
    onSave(which === 'submit');
  };
  return (
    <form className="ak-form ak-wide" onSubmit={(event) => event.preventDefault()}>
      <Refused problem={problem} />
      <Section title={t('form.what')}>
        <SelectField
          label={t('request.kind')}
          value={form.kind}
          disabled={kindFixed}
          choices={DISBURSEMENT_KINDS.map((one) => ({ value: one, label: t(`kind.${one}`) }))}
          onChange={(kind) => onChange({ ...form, kind: kind as DisbursementKind })}
        />
        <TextField label={t('request.purpose')} value={form.purpose} onChange={(purpose) => onChange({ ...form, purpose })} />
      </Section>
      <Section title={t('form.whom')} count={form.lines.length}>
        <PayLineFields lines={form.lines} payees={payees} onChange={(lines) => onChange({ ...form, lines })} />
        <Button onClick={() => onChange({ ...form, lines: [...form.lines, newPayLine()] })}>{t('form.addLine')}</Button>
        <p className="ak-lead" role="status">
          {t('request.total')} <Amount yuan={total} sign large /> <span className="ak-muted">{capitals(total)}</span>
        </p>
      </Section>
      <ChecksPreview preview={preview} />
      <div className="ak-actions">
        <ActButton primary allowed={{ allowed: phase === 'idle' || pressed === 'submit' }} phase={pressed === 'submit' ? phase : 'idle'} onClick={() => press('submit')}>
          {t('form.submit')}
        </ActButton>
        <ActButton allowed={{ allowed: phase === 'idle' || pressed === 'save' }} phase={pressed === 'save' ? phase : 'idle'} onClick={() => press('save')}>
          {t('form.save')}
        </ActButton>
      </div>
    </form>
  );
}
