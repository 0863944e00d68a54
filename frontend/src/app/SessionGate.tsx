import { Button } from 'antd';
import { type ReactNode, useEffect } from 'react';
import { useTranslations } from 'use-intl';
import { SignInForm } from '~/features/identity/sign-in/SignInForm';
import { SignInPage } from '~/features/identity/sign-in/SignInPage';
import { askViewer } from '~/platform/session/askViewer';
import { session, useSession } from '~/platform/session/sessionStore';
import { Overlay } from '~/ui/page/Overlay';
import { FaultState } from '~/ui/states/FaultState';
import { Waiting } from '~/ui/states/Waiting';

/**
 * Shows the sign-in page to nobody, and lays the sign-in over the page when a session ends, so that
 * a half-written form stays as it is.
 */
export function SessionGate({ children }: { children: ReactNode }) {
  const t = useTranslations('identity');
  const now = useSession();

  useEffect(function askOnce() {
    void askViewer();
  }, []);

  if (now.state === 'loading') return <Waiting />;
  if (now.state === 'failed') return <FaultState fault={{ message: now.message, reference: null }} onRetry={() => void askViewer()} />;
  if (now.state === 'out') return <SignInPage onSignedIn={askViewer} />;
  return (
    <>
      {children}
      {now.state === 'expired' ? (
        <Overlay title={t('expired.title')}>
          <p>{t('expired.text')}</p>
          <SignInForm onSignedIn={askViewer} login={now.viewer.login} />
          <Button type="link" onClick={() => session.signedOut()}>
            {t('expired.leave')}
          </Button>
        </Overlay>
      ) : null}
    </>
  );
}
