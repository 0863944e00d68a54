import { useTranslations } from 'use-intl';
import { SignInForm } from '~/features/identity/sign-in/SignInForm';
import { WorkplaceSettings } from '~/ui/page/WorkplaceSettings';

/** Shown at any address while nobody is signed in; the address stays, so that a link opens after the sign-in. */
export function SignInPage({ onSignedIn }: { onSignedIn: () => Promise<void> }) {
  const t = useTranslations('identity');
  return (
    <main className="ak-sign-in">
      <div className="ak-sign-in-settings">
        <WorkplaceSettings />
      </div>
      <div className="ak-sign-in-card">
        <h1>{t('signIn.title')}</h1>
        <p className="ak-muted">{t('signIn.intro')}</p>
        <SignInForm onSignedIn={onSignedIn} />
      </div>
    </main>
  );
}
