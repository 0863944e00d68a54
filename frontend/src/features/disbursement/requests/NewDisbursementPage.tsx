import { useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { useTranslations } from 'use-intl';
import { DisbursementEditor } from '~/features/disbursement/requests/DisbursementEditor';
import { type PayForm, payInput } from '~/features/disbursement/requests/disbursementRules';
import { afterChange, firstLine, type Known } from '~/features/disbursement/requests/firstProposal';
import { usePayPreview } from '~/features/disbursement/requests/usePayPreview';
import { CreateDisbursementDocument, DisbursementFormDocument, SubmitDisbursementDocument } from '~/generated/graphql';
import { type Problem, problemOf } from '~/platform/api/problem';
import { useCommand } from '~/platform/api/useCommand';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { paths } from '~/platform/paths';
import { Amount } from '~/ui/money/Amount';
import { Page } from '~/ui/page/Page';
import { EmptyState } from '~/ui/states/EmptyState';
import { FaultState } from '~/ui/states/FaultState';
import { Waiting } from '~/ui/states/Waiting';

export function NewDisbursementPage() {
  const t = useTranslations('disbursement');
  const [params] = useSearchParams();
  const caseId = params.get('case') ?? '';
  const { data, fault, refetch } = usePageQuery(DisbursementFormDocument, { caseId }, { skip: caseId === '', exact: true });
  if (caseId === '') return <EmptyState text={t('form.chooseCase')} next={<Link to={paths.cases()}>{t('form.toCases')}</Link>} />;
  if (fault) return <FaultState fault={fault} onRetry={refetch} />;
  if (!data) return <Waiting />;
  if (!data.case) return <EmptyState text={t('form.noCase')} />;
  return (
    <Page
      title={t('form.title', { number: data.case.number })}
      intro={
        <>
          {t('form.available')} <Amount yuan={data.caseBalance.available} sign />
        </>
      }
    >
      <NewDisbursement key={caseId} caseId={caseId} parties={data.parties.edges.map(({ node }) => node)} available={data.caseBalance.available} />
    </Page>
  );
}

function NewDisbursement({ caseId, ...now }: Known & { caseId: string }) {
  const t = useTranslations('disbursement');
  const navigate = useNavigate();
  // What was known when the form opened: a later arrival changes no amount under a person's hands.
  const [known] = useState<Known>(now);
  const [form, setForm] = useState<PayForm>(() => ({ kind: 'PAY_PARTY', purpose: t('form.usualPurpose'), lines: [firstLine('PAY_PARTY', known)] }));
  const [problem, setProblem] = useState<Problem | null>(null);
  const create = useCommand(CreateDisbursementDocument);
  const submit = useCommand(SubmitDisbursementDocument);
  const ready = payInput(form);
  const input = ready ? { caseId, kind: form.kind, ...ready } : null;
  const preview = usePayPreview(input, () => create.preview(input ?? { caseId, kind: form.kind, purpose: '', lines: [] }));

  const save = async (thenSubmit: boolean) => {
    if (!input) {
      setProblem({ message: t('form.incomplete') });
      return;
    }
    const created = await create.run(input);
    setProblem(problemOf(created));
    if (created?.kind !== 'success') return;
    const { id, digest } = created.value.disbursement;
    const submitted = thenSubmit ? await submit.run({ disbursementId: id, digest }) : null;
    // The draft exists now, whatever became of its submission: go on from its page, with the reason.
    void navigate(paths.disbursement(id), { state: { problem: problemOf(submitted) }, replace: true });
  };

  return (
    <DisbursementEditor
      form={form}
      onChange={(next) => setForm(afterChange(form, next, known))}
      payees={now.parties}
      preview={preview}
      problem={problem}
      phase={create.busy ? create.phase : submit.phase}
      onSave={(thenSubmit) => void save(thenSubmit)}
    />
  );
}
