import { useTranslations } from 'use-intl';
import { halfWidth } from '~/domain/halfWidth';
import type { SettingFactsFragment } from '~/generated/graphql';
import { SelectField } from '~/ui/form/SelectField';
import { TextField } from '~/ui/form/TextField';

type Props = { setting: SettingFactsFragment; value: string; error: string | null; disabled: boolean; onChange: (value: string) => void };

/** One field as the plugin describes it. What is wrong is said by the server, under the field. */
export function SettingField({ setting, value, error, disabled, onChange }: Props) {
  const t = useTranslations('integration');
  const label = setting.required && !setting.default ? setting.label : t('setting.optional', { label: setting.label });
  const bounds = setting.least !== null || setting.most !== null ? t('setting.bounds', { least: setting.least ?? '-', most: setting.most ?? '-' }) : '';
  const usual = setting.default ? t('setting.default', { value: setting.default }) : '';
  const kept = setting.kind === 'SECRET' ? t(setting.set ? 'setting.kept' : 'setting.secret') : '';
  const hint = [setting.help, bounds, usual, kept].filter(Boolean).join(' · ');
  if (setting.kind === 'CHOICE') {
    return (
      <SelectField
        label={label}
        value={value}
        onChange={onChange}
        none={setting.required && !setting.default ? undefined : usual || t('setting.nothing')}
        choices={setting.choices.map((choice) => ({ value: choice, label: choice }))}
        error={error}
        disabled={disabled}
      />
    );
  }
  return (
    <TextField
      label={label}
      value={value}
      onChange={onChange}
      hint={hint || undefined}
      error={error}
      disabled={disabled}
      type={setting.kind === 'SECRET' ? 'password' : 'text'}
      autoComplete={setting.kind === 'SECRET' ? 'new-password' : 'off'}
      tidy={setting.kind === 'SECRET' || setting.kind === 'TEXT' ? undefined : (typed) => halfWidth(typed).trim()}
    />
  );
}
