import { useTranslations } from 'use-intl';
import { setPreferences, type TextSize, usePreferences } from '~/platform/preferences/preferences';

const SIZES: readonly TextSize[] = ['normal', 'large', 'larger'];

/** Text size and language, one press each. */
export function WorkplaceSettings() {
  const t = useTranslations('ui');
  const { textSize, language } = usePreferences();
  return (
    <div className="ak-settings">
      <div role="group" aria-label={t('settings.textSize')} className="ak-sizes">
        {SIZES.map((size) => (
          <button
            key={size}
            type="button"
            className={`ak-plain ak-size-${size}`}
            aria-pressed={size === textSize}
            aria-label={t(`settings.${size}`)}
            onClick={() => setPreferences({ textSize: size })}
          >
            {t('settings.letter')}
          </button>
        ))}
      </div>
      <button
        type="button"
        className="ak-plain"
        lang={language === 'en' ? 'zh-CN' : 'en'}
        onClick={() => setPreferences({ language: language === 'en' ? 'zh-CN' : 'en' })}
      >
        {t('settings.otherLanguage')}
      </button>
    </div>
  );
}
