import { useTranslations } from 'use-intl';
import { ReleaseList } from '~/features/disbursement/releases/ReleaseList';
import { UnresolvedInstructions } from '~/features/disbursement/releases/UnresolvedInstructions';
import { Page } from '~/ui/page/Page';

export function ReleasesPage() {
  const t = useTranslations('disbursement');
  return (
    <Page title={t('releases.title')}>
      <ReleaseList />
      <UnresolvedInstructions />
    </Page>
  );
}
