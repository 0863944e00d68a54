import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useTranslations } from 'use-intl';
import { tidyCaseNumber } from '~/domain/caseNumber';
import { readPositiveYuan } from '~/domain/money';
import { PartyFields } from '~/features/registry/cases/PartyFields';
import { newParty, partyInputs } from '~/features/registry/cases/partyRows';
import { CaseFormChoicesDocument, RegisterCaseDocument } from '~/generated/graphql';
import { problemOf, type Problem } from '~/platform/api/problem';
import { useCommand } from '~/platform/api/useCommand';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { paths } from '~/platform/paths';
import { useViewer } from '~/platform/session/sessionStore';
import { ActButton } from '~/ui/actions/ActButton';
import { Refused } from '~/ui/form/Refused';
import { SelectField } from '~/ui/form/SelectField';
import { TextField } from '~/ui/form/TextField';
import { MoneyInput } from '~/ui/money/MoneyInput';
import { Page } from '~/ui/page/Page';
import { Section } from '~/ui/page/Section';

const EMPTY = { number: '', cause: '', subject: '', handlerId: '' };

export function RegisterCasePage() {
  const t = useTranslations('registry');
  const viewer = useViewer();
  const navigate = useNavigate();
  const [form, setForm] = useState(EMPTY);
  const [parties, setParties] = useState(() => [newParty('APPLICANT'), newParty('RESPONDENT')]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const command = useCommand(RegisterCaseDocument);
  const choices = usePageQuery(CaseFormChoicesDocument, { courtId: viewer.court.id });
  const set = (part: Partial<typeof EMPTY>) => setForm((old) => ({ ...old, ...part }));
  const errorAt = (field: string) => (problem?.field === field ? problem.message : null);
  const handlers = (choices.data?.staff.edges ?? []).map(({ node }) => ({
    value: node.id,
    label: node.department ? `${node.name}（${node.department.name}）` : node.name,
  }));

  const submit = async () => {
    const subject = readPositiveYuan(form.subject);
    if (!subject.ok && subject.problem !== 'empty') return;
    if (form.number.trim() === '') {
      setProblem({ message: t('form.numberNeeded'), field: 'number' });
      return;
    }
    const outcome = await command.run({
      number: tidyCaseNumber(form.number),
      cause: form.cause.trim() || null,
      subjectAmount: subject.ok ? subject.yuan : null,
      handlerId: form.handlerId || null,
      parties: partyInputs(parties),
    });
    if (outcome?.kind === 'success') void navigate(paths.case(outcome.value.case.id), { state: { warnings: outcome.value.warnings } });
    else setProblem(problemOf(outcome));
  };

  return (
    <Page title={t('form.title')}>
      <form className="ak-form" onSubmit={(event) => event.preventDefault()}>
        <Refused problem={problem} />
        <Section title={t('form.caseFacts')}>
          <TextField
            label={t('case.number')}
            hint={t('form.numberHint')}
            value={form.number}
            tidy={tidyCaseNumber}
            error={errorAt('number')}
            onChange={(number) => set({ number })}
          />
          <TextField label={t('case.cause')} value={form.cause} error={errorAt('cause')} onChange={(cause) => set({ cause })} />
          <MoneyInput label={t('case.subjectAmount')} value={form.subject} error={errorAt('subjectAmount')} onChange={(subject) => set({ subject })} />
          <SelectField
            label={t('case.handler')}
            value={form.handlerId}
            none={t('form.handlerMe')}
            choices={handlers}
            error={errorAt('handlerId')}
            onChange={(handlerId) => set({ handlerId })}
          />
        </Section>
        <Section title={t('party.title')}>
          <PartyFields rows={parties} onChange={setParties} />
        </Section>
        <ActButton primary phase={command.phase} onClick={() => void submit()}>
          {t('form.submit')}
        </ActButton>
      </form>
    </Page>
  );
}
