import { Button, Modal } from 'antd';
import { type ReactNode, useEffect } from 'react';
import { useClient } from 'urql';
import { useTranslations } from 'use-intl';
import { SignInForm } from '~/features/identity/sign-in/SignInForm';
import { SignInPage } from '~/features/identity/sign-in/SignInPage';
import { ViewerDocument } from '~/generated/graphql';
import { liveSocket } from '~/platform/live/liveSocket';
import { session, useSession } from '~/platform/session/sessionStore';
import { FaultState } from '~/ui/states/FaultState';
import { Waiting } from '~/ui/states/Waiting';

/**
 * Asks who we are, shows the sign-in page to nobody, and lays the sign-in over the page when a
 * session ends, so that a half-written form stays as it is.
 */
export function SessionGate({ children }: { children: ReactNode }) {
  const t = useTranslations('identity');
  const client = useClient();
  const now = useSession();

  const askWhoWeAre = async () => {
    const { data, error } = await client.query(ViewerDocument, {}, { requestPolicy: 'network-only' }).toPromise();
    if (data?.viewer) {
      const before = session.get();
      // Another person must not inherit what the first one was writing.
      if (before.state === 'expired' && before.viewer.id !== data.viewer.id) window.location.assign('/');
      session.signedIn(data.viewer);
      liveSocket.restart();
      return;
    }
    const unauthenticated = !error || error.response?.status === 401 || error.graphQLErrors.length > 0;
    if (unauthenticated) session.signedOut();
    else session.failed(error.message);
  };

  useEffect(function askOnce() {
    void askWhoWeAre();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- asked once at the start; later asks are acts of the person
  }, []);

  if (now.state === 'loading') return <Waiting />;
  if (now.state === 'failed') {
    return <FaultState fault={{ message: now.message, reference: null }} onRetry={() => void askWhoWeAre()} />;
  }
  if (now.state === 'out') return <SignInPage onSignedIn={askWhoWeAre} />;
  return (
    <>
      {children}
      <Modal
        open={now.state === 'expired'}
        title={t('expired.title')}
        footer={null}
        closable={false}
        keyboard={false}
        maskClosable={false}
        destroyOnHidden
      >
        <p>{t('expired.text')}</p>
        <SignInForm onSignedIn={askWhoWeAre} login={now.viewer.login} />
        <Button type="link" onClick={() => session.signedOut()}>
          {t('expired.leave')}
        </Button>
      </Modal>
    </>
  );
}
