import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useTranslations } from 'use-intl';
import { FundAccountListDocument, ImportStatementDocument, type StatementFormat } from '~/generated/graphql';
import { type Problem, problemOf } from '~/platform/api/problem';
import { useCommand } from '~/platform/api/useCommand';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { uploadFile } from '~/platform/files/uploadFile';
import { paths } from '~/platform/paths';
import { useViewer } from '~/platform/session/sessionStore';
import { ActButton } from '~/ui/actions/ActButton';
import { FileField } from '~/ui/form/FileField';
import { Refused } from '~/ui/form/Refused';
import { SelectField } from '~/ui/form/SelectField';
import { Page } from '~/ui/page/Page';

const FORMATS: readonly { value: StatementFormat; label: string }[] = [
  { value: 'MT940', label: 'MT940' },
  { value: 'CAMT053', label: 'camt.053' },
];

export function ImportStatementPage() {
  const t = useTranslations('banking');
  const navigate = useNavigate();
  const viewer = useViewer();
  const accounts = usePageQuery(FundAccountListDocument, { courtId: viewer.court.id, first: 100, after: null });
  const [account, setAccount] = useState('');
  const [format, setFormat] = useState<StatementFormat>('MT940');
  const [file, setFile] = useState<File | null>(null);
  const [uploading, setUploading] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const command = useCommand(ImportStatementDocument);
  const choices = (accounts.data?.fundAccounts.edges ?? []).map(({ node }) => ({
    value: node.id,
    label: `${node.bankName} ${node.accountNoMasked} ${node.name}`,
  }));
  const chosen = account || (choices.length === 1 ? (choices[0]?.value ?? '') : '');

  const submit = async () => {
    if (uploading || command.busy) return;
    if (!chosen || !file) {
      setProblem({ message: t('import.bothNeeded') });
      return;
    }
    setUploading(true);
    const uploaded = await uploadFile(file);
    setUploading(false);
    if (!uploaded.ok) {
      setProblem({ message: uploaded.message ?? t('import.uploadFailed'), code: uploaded.code });
      return;
    }
    const outcome = await command.run({ fundAccountId: chosen, fileId: uploaded.fileId, format });
    setProblem(problemOf(outcome));
    if (outcome?.kind === 'success') void navigate(paths.statement(outcome.value.statementImport.id));
  };

  return (
    <Page title={t('import.title')} intro={t('import.intro')}>
      <form className="ak-form" onSubmit={(event) => event.preventDefault()}>
        <Refused problem={problem} />
        <SelectField label={t('statement.account')} value={chosen} none={t('import.chooseAccount')} choices={choices} onChange={setAccount} />
        <SelectField label={t('statement.format')} value={format} choices={FORMATS} onChange={(value) => setFormat(value as StatementFormat)} />
        <FileField label={t('import.file')} accept=".sta,.mt940,.txt,.xml,.940" onChange={setFile} />
        <ActButton primary phase={uploading ? 'sending' : command.phase} onClick={() => void submit()}>
          {t('import.submit')}
        </ActButton>
      </form>
    </Page>
  );
}
