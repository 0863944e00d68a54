import { useTranslations } from 'use-intl';
import type { LinePart } from '~/features/disbursement/requests/parts';
import { formatInstant } from '~/platform/clock';
import { StatusMark } from '~/ui/status/StatusMark';
import { toneOf } from '~/ui/status/tones';

/** Where the message is the bank's own word for people; elsewhere it is a trace for the log. */
const BANK_SPEAKS: ReadonlySet<string> = new Set(['REFUSED', 'AWAITING_BANK']);

type Instruction = NonNullable<LinePart['instruction']>;

/** The bank's side of a payment. Nothing here can be pressed: an open result is the system's to find out. */
export function InstructionState({ instruction }: { instruction: Instruction }) {
  const t = useTranslations('disbursement');
  const { state, stateTitle, bankRef, bankMessage, settledAt, nextTryAt, waitingReason, orderUrl } = instruction;
  return (
    <div data-state={state}>
      <StatusMark tone={toneOf(state)}>{state === 'UNKNOWN' ? t('instruction.unknownShort') : stateTitle}</StatusMark>
      {waitingReason ? <small className="ak-second">{t('instruction.waits', { reason: waitingReason })}</small> : null}
      {orderUrl ? (
        <a href={orderUrl} target="_blank" rel="noreferrer">
          {t('instruction.print')}
        </a>
      ) : null}
      {settledAt ? <small className="ak-second">{formatInstant(settledAt, 'second')}</small> : null}
      {bankRef ? <small className="ak-second">{t('instruction.bankRef', { ref: bankRef })}</small> : null}
      {bankMessage && BANK_SPEAKS.has(state) ? <small className="ak-second">{bankMessage}</small> : null}
      {nextTryAt && (state === 'UNKNOWN' || state === 'AWAITING_BANK') ? (
        <small className="ak-second">{t('instruction.nextQuery', { at: formatInstant(nextTryAt, 'second').slice(11) })}</small>
      ) : null}
    </div>
  );
}
