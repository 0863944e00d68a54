import { Link } from 'react-router';
import { useTranslations } from 'use-intl';
import { paths } from '~/platform/paths';
import { usePermissions } from '~/platform/permissions/usePermissions';

export function CaseActs({ caseId }: { caseId: string }) {
  const t = useTranslations('registry');
  const may = usePermissions();
  if (!may('disbursement.request')) return null;
  return (
    <Link className="ak-button ak-button-primary" to={paths.newDisbursement(caseId)}>
      {t('page.pay')}
    </Link>
  );
}
