import { App as AntdApp, ConfigProvider } from 'antd';
import en from 'antd/locale/en_US';
import zh from 'antd/locale/zh_CN';
import { useEffect } from 'react';
import { RouterProvider } from 'react-router';
import { Provider as ApiProvider } from 'urql';
import { IntlProvider } from 'use-intl';
import { router } from '~/app/router';
import { SessionGate } from '~/app/SessionGate';
import { apiClient } from '~/platform/api/client';
import { useMessages } from '~/platform/i18n/useMessages';
import { usePreferences } from '~/platform/preferences/preferences';
import { themeOf } from '~/theme/antdTheme';

function pageNonce(): string | undefined {
  const holder = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]');
  return holder?.nonce || holder?.getAttribute('nonce') || undefined;
}

/** Everything that every page stands on. */
export function App() {
  const { language, textSize } = usePreferences();
  const messages = useMessages(language);
  useEffect(
    function markTheDocument() {
      document.documentElement.lang = language;
      document.documentElement.dataset.text = textSize;
    },
    [language, textSize],
  );
  return (
    <ConfigProvider
      locale={language === 'en' ? en : zh}
      theme={themeOf(textSize)}
      csp={{ nonce: pageNonce() }}
      button={{ autoInsertSpace: false }}
    >
      <AntdApp component={false}>
        <IntlProvider locale={language} messages={messages} timeZone="Asia/Shanghai">
          <ApiProvider value={apiClient}>
            <SessionGate>
              <RouterProvider router={router} />
            </SessionGate>
          </ApiProvider>
        </IntlProvider>
      </AntdApp>
    </ConfigProvider>
  );
}
