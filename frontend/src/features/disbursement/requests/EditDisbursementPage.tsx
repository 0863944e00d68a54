import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { useTranslations } from 'use-intl';
import { DisbursementEditor } from '~/features/disbursement/requests/DisbursementEditor';
import { formOf, payInput } from '~/features/disbursement/requests/disbursementRules';
import type { DisbursementDetail } from '~/features/disbursement/requests/parts';
import { usePayPreview } from '~/features/disbursement/requests/usePayPreview';
import { DisbursementFormDocument, DisbursementPageDocument, EditDisbursementDocument, SubmitDisbursementDocument } from '~/generated/graphql';
import { type Problem, problemOf } from '~/platform/api/problem';
import { useCommand } from '~/platform/api/useCommand';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { paths } from '~/platform/paths';
import { Page } from '~/ui/page/Page';
import { EmptyState } from '~/ui/states/EmptyState';
import { FaultState } from '~/ui/states/FaultState';
import { Waiting } from '~/ui/states/Waiting';

export function EditDisbursementPage() {
  const t = useTranslations('disbursement');
  const { disbursementId = '' } = useParams();
  const { data, fault, refetch } = usePageQuery(DisbursementPageDocument, { id: disbursementId }, { exact: true });
  if (fault) return <FaultState fault={fault} onRetry={refetch} />;
  if (!data) return <Waiting />;
  const stored = data.disbursement;
  if (!stored) return <EmptyState text={t('page.missing')} />;
  if (!stored.viewerCan.edit.allowed) return <EmptyState text={stored.viewerCan.edit.reason ?? t('page.mayNotEdit')} />;
  return (
    <Page title={t('form.editTitle', { number: stored.number })}>
      <EditDisbursement key={stored.id} stored={stored} />
    </Page>
  );
}

function EditDisbursement({ stored }: { stored: DisbursementDetail }) {
  const t = useTranslations('disbursement');
  const navigate = useNavigate();
  const [form, setForm] = useState(() => formOf(stored));
  // The digest of what this person saw when the form opened; a change by somebody else meanwhile is a conflict, not overwritten.
  const [seen] = useState(stored.digest);
  const [problem, setProblem] = useState<Problem | null>(null);
  const edit = useCommand(EditDisbursementDocument);
  const submit = useCommand(SubmitDisbursementDocument);
  const parties = usePageQuery(DisbursementFormDocument, { caseId: stored.case.id }, { exact: true });
  const ready = payInput(form);
  const base = { disbursementId: stored.id, digest: seen };
  const preview = usePayPreview(ready, () => edit.preview({ ...base, ...(ready ?? { purpose: '', lines: [] }) }));

  const save = async (thenSubmit: boolean) => {
    if (!ready) {
      setProblem({ message: t('form.incomplete') });
      return;
    }
    const edited = await edit.run({ ...base, ...ready });
    setProblem(problemOf(edited));
    if (edited?.kind !== 'success') return;
    const { id, digest } = edited.value.disbursement;
    const submitted = thenSubmit ? await submit.run({ disbursementId: id, digest }) : null;
    void navigate(paths.disbursement(id), { state: { problem: problemOf(submitted) }, replace: true });
  };

  return (
    <DisbursementEditor
      form={form}
      onChange={setForm}
      payees={(parties.data?.parties.edges ?? []).map(({ node }) => ({ id: node.id, name: node.name }))}
      preview={preview}
      problem={problem}
      phase={edit.busy ? edit.phase : submit.phase}
      kindFixed
      onSave={(thenSubmit) => void save(thenSubmit)}
    />
  );
}
