import { useParams } from 'react-router';
import { useTranslations } from 'use-intl';
import { AbilityList } from '~/features/banking/integrations/AbilityList';
import { CertificateTable } from '~/features/banking/integrations/CertificateTable';
import { PluginState } from '~/features/banking/integrations/PluginState';
import { SwitchForm } from '~/features/banking/integrations/SwitchForm';
import { PluginPageDocument, type PluginPageQuery } from '~/generated/graphql';
import { formatInstant } from '~/platform/clock';
import { usePageQuery } from '~/platform/api/usePageQuery';
import { usePermissions } from '~/platform/permissions/usePermissions';
import { Facts } from '~/ui/page/Facts';
import { Page } from '~/ui/page/Page';
import { Section } from '~/ui/page/Section';
import { EmptyState } from '~/ui/states/EmptyState';
import { FaultState } from '~/ui/states/FaultState';
import { Waiting } from '~/ui/states/Waiting';

type Plugin = PluginPageQuery['plugins'][number];
const MARKS = ['C', 'P', 'K', 'A'] as const;

export function PluginPage() {
  const t = useTranslations('plugin');
  const may = usePermissions();
  const { pluginId = '' } = useParams();
  const { data, fault, refetch } = usePageQuery(PluginPageDocument, { id: pluginId }, { exact: true });
  if (fault) return <FaultState fault={fault} onRetry={refetch} />;
  if (!data) return <Waiting />;
  const plugin = data.plugins[0];
  if (!plugin) return <EmptyState text={t('missing')} />;
  return (
    <Page title={plugin.name} intro={<code>{plugin.id}</code>}>
      <PluginFacts plugin={plugin} />
      {plugin.kind === 'bank' && plugin.isUsed && may('plugin.manage') ? (
        <Section title={t('switch.title')}>
          <SwitchForm key={String(plugin.switch.enabled)} plugin={plugin} onSwitched={refetch} />
        </Section>
      ) : null}
      <CertificateTable certificate={plugin.certificate} />
      {plugin.kind === 'bank' ? <Assumptions plugin={plugin} /> : null}
      {plugin.capabilities ? (
        <Section title={t('abilities')}>
          <AbilityList able={plugin.capabilities} />
        </Section>
      ) : null}
    </Page>
  );
}

function PluginFacts({ plugin }: { plugin: Plugin }) {
  const t = useTranslations('plugin');
  const { changedBy, changedAt } = plugin.switch;
  return (
    <Section title={t('facts')}>
      <Facts
        facts={[
          { term: t('column.state'), value: <PluginState plugin={plugin} /> },
          { term: t('fact.switched'), value: changedBy && changedAt ? `${changedBy} ${formatInstant(changedAt)}` : null },
          { term: t('column.status'), value: plugin.status ? t(`statusLong.${plugin.status}`) : null },
          { term: t('column.version'), value: `${plugin.version} (API ${plugin.api})` },
          { term: t('fact.document'), value: [plugin.document, plugin.documentVersion].filter(Boolean).join(' ') },
          ...(plugin.capabilities ? [] : [{ term: t('abilities'), value: plugin.abilities.join(' · ') }]),
        ]}
      />
    </Section>
  );
}

/** What the plugin takes for granted until somebody has met the bank; the marks say how sure it is. */
function Assumptions({ plugin }: { plugin: Plugin }) {
  const t = useTranslations('plugin');
  return (
    <Section title={t('assumptions.title')} count={plugin.assumptions.length}>
      <p className="ak-muted">{MARKS.map((mark) => `${mark} ${t(`assumptions.mark.${mark}`)}`).join(' · ')}</p>
      {plugin.assumptions.length === 0 ? <p>{t('assumptions.none')}</p> : null}
      <ol className="ak-assumptions" lang="en">
        {plugin.assumptions.map((one) => (
          <li key={one.text}>
            <b>{one.mark ?? '?'}</b> {one.text}
          </li>
        ))}
      </ol>
    </Section>
  );
}
