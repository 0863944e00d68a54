import { Alert } from 'antd';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { changedLabels, fieldOf, type Values, valuesOf } from '~/features/banking/integrations/integrationRules';
import { SettingField } from '~/features/banking/integrations/SettingField';
import { ChangeFundAccountSettingsDocument, PluginSettingsDocument, type SettingFactsFragment } from '~/generated/graphql';
import { type Problem, problemOf } from '~/platform/api/problem';
import { useCommand } from '~/platform/api/useCommand';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { ActButton } from '~/ui/actions/ActButton';
import { Refused } from '~/ui/form/Refused';
import { TextField } from '~/ui/form/TextField';
import { Section } from '~/ui/page/Section';
import { FaultState } from '~/ui/states/FaultState';
import { Waiting } from '~/ui/states/Waiting';

type Props = { fundAccountId: string; account: string; onChanged: () => void };

/** How the account reaches its bank. The form is the plugin's own. */
export function SettingsSection(props: Props) {
  const t = useTranslations('integration');
  const { data, fault, refetch } = usePageQuery(PluginSettingsDocument, { fundAccountId: props.fundAccountId }, { exact: true });
  const [stored, setStored] = useState(0);
  const done = () => {
    setStored((times) => times + 1);
    refetch();
    props.onChanged();
  };
  const fields = data?.pluginSettings;
  // A form begins anew when what is stored has changed; while a person writes, nothing moves.
  const version = fields?.map((field) => `${field.name}${field.value}${field.set}`).join();
  return (
    <Section title={t('setting.title')}>
      {stored > 0 ? <p role="status">✓ {t('setting.stored')}</p> : null}
      {fault ? <FaultState fault={fault} onRetry={refetch} /> : null}
      {!fields && !fault ? <Waiting /> : null}
      {fields?.length === 0 ? <p>{t('setting.none')}</p> : null}
      {fields && fields.length > 0 ? <SettingsForm key={`${stored}${version}`} {...props} fields={fields} onChanged={done} /> : null}
    </Section>
  );
}

function SettingsForm({ fundAccountId, account, fields, onChanged }: Props & { fields: readonly SettingFactsFragment[] }) {
  const t = useTranslations('integration');
  const [values, setValues] = useState<Values>(() => valuesOf(fields));
  const [asked, setAsked] = useState(false);
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const command = useCommand(ChangeFundAccountSettingsDocument);
  const changed = changedLabels(fields, values);
  const wrong = fieldOf(problem?.field);
  const known = fields.some((field) => field.name === wrong);
  const input = () => ({ fundAccountId, settings: Object.entries(values).map(([name, value]) => ({ name, value })), reason: reason.trim() });

  /** Asks the server before the person is asked: a wrong value is said under its field, not after the question. */
  const check = async () => {
    if (changed.length === 0) {
      setProblem({ message: t('setting.unchanged') });
      return;
    }
    const found = problemOf(await command.preview({ ...input(), reason: reason.trim() || t('setting.trial') }));
    setProblem(found);
    if (!found) setAsked(true);
  };
  const store = async () => {
    if (reason.trim() === '') {
      setProblem({ message: t('reasonNeeded'), field: 'reason' });
      return;
    }
    const outcome = await command.run(input());
    const found = problemOf(outcome);
    setProblem(found);
    if (fieldOf(found?.field)) setAsked(false);
    if (outcome?.kind === 'success') onChanged();
  };
  return (
    <form className="ak-form" onSubmit={(event) => event.preventDefault()}>
      <Refused problem={known ? null : problem} />
      <div className="ak-setting-grid">
        {fields.map((field) => (
          <SettingField
            key={field.name}
            setting={field}
            value={values[field.name] ?? ''}
            error={wrong === field.name ? (problem?.message ?? null) : null}
            disabled={asked}
            onChange={(value) => setValues((old) => ({ ...old, [field.name]: value }))}
          />
        ))}
      </div>
      {asked ? (
        <div className="ak-signature" role="group" aria-label={t('setting.confirm')}>
          <Alert type="warning" showIcon title={t('setting.ask', { account, names: changed.join('、') })} description={t('setting.effect')} />
          <TextField label={t('reason')} value={reason} onChange={setReason} error={problem?.field === 'reason' ? problem.message : null} />
          <div className="ak-actions">
            <ActButton primary phase={command.phase} onClick={() => void store()}>
              {t('setting.confirm')}
            </ActButton>
            <ActButton onClick={() => setAsked(false)}>{t('setting.back')}</ActButton>
          </div>
        </div>
      ) : (
        <ActButton primary onClick={() => void check()}>
          {t('setting.submit')}
        </ActButton>
      )}
    </form>
  );
}
