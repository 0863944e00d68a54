import { useEffect, useState } from 'react';
import { messages as chinese } from '~/platform/i18n/messages.zh-CN';
import type { Language } from '~/platform/preferences/preferences';

export type Messages = typeof chinese;

declare module 'use-intl' {
  interface AppConfig {
    Locale: Language;
    Messages: Messages;
  }
}

/** The words of a language. Chinese is in the start chunk; English is fetched when chosen, Chinese stands meanwhile. */
export function useMessages(language: Language): Messages {
  const [english, setEnglish] = useState<Messages | null>(null);
  useEffect(
    function fetchEnglish() {
      if (language !== 'en') return;
      void import('~/platform/i18n/messages.en').then((module) => setEnglish(module.messages));
    },
    [language],
  );
  return language === 'en' && english ? english : chinese;
}
