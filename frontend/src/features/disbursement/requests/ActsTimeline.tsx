import { useTranslations } from 'use-intl';
import { digestPrefix } from '~/domain/digest';
import type { ActPart } from '~/features/disbursement/requests/parts';
import { formatInstant } from '~/platform/clock';
import { Timeline } from '~/ui/timeline/Timeline';

export function ActsTimeline({ acts }: { acts: readonly ActPart[] }) {
  const t = useTranslations('disbursement');
  const newestFirst = [...acts].sort((a, b) => b.at.localeCompare(a.at));
  return (
    <Timeline
      label={t('acts.title')}
      items={newestFirst.map((act) => ({
        key: `${act.at} ${act.act} ${act.by}`,
        title: act.actTitle,
        who: `${act.by}（${act.role}）`,
        when: formatInstant(act.at, 'second'),
        detail: (
          <>
            {act.comment ? <span>{t('acts.comment', { comment: act.comment })} </span> : null}
            {t('request.versionDigest', { version: act.version, digest: digestPrefix(act.digest) })}
          </>
        ),
      }))}
    />
  );
}
