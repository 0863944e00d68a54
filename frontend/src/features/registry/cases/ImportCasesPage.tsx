import { useState } from 'react';
import { Link } from 'react-router';
import { useTranslations } from 'use-intl';
import { ImportedCases, type CaseImportResult } from '~/features/registry/cases/ImportedCases';
import { ImportCasesDocument } from '~/generated/graphql';
import { type Problem, problemOf } from '~/platform/api/problem';
import { useCommand } from '~/platform/api/useCommand';
import { uploadFile } from '~/platform/files/uploadFile';
import { paths } from '~/platform/paths';
import { ActButton } from '~/ui/actions/ActButton';
import { FileField } from '~/ui/form/FileField';
import { Refused } from '~/ui/form/Refused';
import { Page } from '~/ui/page/Page';

/** Upload, check (nothing is written), then import what is right. */
export function ImportCasesPage() {
  const t = useTranslations('registry');
  const [fileId, setFileId] = useState<string | null>(null);
  const [result, setResult] = useState<CaseImportResult | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [checking, setChecking] = useState(false);
  const command = useCommand(ImportCasesDocument);

  const check = async (file: File | null) => {
    setResult(null);
    setProblem(null);
    setFileId(null);
    if (!file) return;
    setChecking(true);
    const uploaded = await uploadFile(file);
    if (uploaded.ok) {
      const outcome = await command.preview({ fileId: uploaded.fileId });
      setFileId(uploaded.fileId);
      if (outcome.kind === 'success') setResult(outcome.value);
      else setProblem(problemOf(outcome) ?? { message: t('import.unanswered') });
    } else {
      setProblem({ message: uploaded.message ?? t('import.uploadFailed'), code: uploaded.code });
    }
    setChecking(false);
  };

  const importNow = async () => {
    if (!fileId) return;
    const outcome = await command.run({ fileId });
    if (outcome?.kind === 'success') setResult(outcome.value);
    else setProblem(problemOf(outcome));
  };

  const ready = result?.dryRun === true && result.created > 0;
  return (
    <Page title={t('import.title')} intro={t('import.intro')}>
      <Refused problem={problem} />
      <FileField label={t('import.file')} hint={t('import.fileHint')} accept=".csv,.xlsx" disabled={command.busy} onChange={(file) => void check(file)} />
      {checking ? <p role="status">{t('import.checking')}</p> : null}
      {result ? <ImportedCases result={result} /> : null}
      <div className="ak-actions">
        {ready ? (
          <ActButton primary phase={command.phase} onClick={() => void importNow()}>
            {t('import.submit', { count: result.created })}
          </ActButton>
        ) : null}
        {result && !result.dryRun ? <Link to={paths.cases()}>{t('import.toList')}</Link> : null}
      </div>
    </Page>
  );
}
