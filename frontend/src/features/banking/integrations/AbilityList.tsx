import { useTranslations } from 'use-intl';
import { ABILITIES } from '~/features/banking/integrations/integrationRules';
import type { CapabilityFactsFragment } from '~/generated/graphql';
import { Amount } from '~/ui/money/Amount';
import { Facts } from '~/ui/page/Facts';
import { StatusMark } from '~/ui/status/StatusMark';

/** What the bank can do and what it can not, in words: nothing that it can not is offered elsewhere. */
export function AbilityList({ able }: { able: CapabilityFactsFragment }) {
  const t = useTranslations('integration');
  const hours = (found: CapabilityFactsFragment['payments']) =>
    found ? t(found.workingDaysOnly ? 'hours.workingDays' : 'hours.everyDay', { opens: found.opens, closes: found.closes }) : t('hours.always');
  return (
    <>
      <ul className="ak-abilities">
        {ABILITIES.map((ability) => (
          <li key={ability}>
            {able[ability] ? <StatusMark tone="good">{t(`ability.${ability}`)}</StatusMark> : <StatusMark tone="open">{t('notAble', { ability: t(`ability.${ability}`) })}</StatusMark>}
          </li>
        ))}
      </ul>
      <Facts
        facts={[
          { term: t('limit.batch'), value: able.batchLimit > 1 ? t('limit.inOne', { count: able.batchLimit }) : t('limit.single') },
          { term: t('limit.confirm'), value: able.paper ? t('limit.paper') : able.manualConfirm ? t('limit.byPerson') : t('limit.byMachine') },
          { term: t('limit.payments'), value: hours(able.payments) },
          { term: t('limit.largeValue'), value: hours(able.largeValue) },
          { term: t('limit.smallValue'), value: <Amount yuan={able.smallValueLimit} sign /> },
        ]}
      />
    </>
  );
}
