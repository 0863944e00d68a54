import { useEffect, useState } from 'react';
import type { ApprovalStepPart, CheckPart } from '~/features/disbursement/requests/parts';
import { type Outcome } from '~/platform/api/outcome';
import { type Problem, problemOf } from '~/platform/api/problem';

type Judged = { checks: readonly CheckPart[]; approvalPlan: readonly ApprovalStepPart[] };
export type PayPreview =
  | { state: 'incomplete' }
  | { state: 'asking' }
  | { state: 'judged'; judged: Judged }
  | { state: 'refused'; problem: Problem };

const PAUSE_MS = 600;

/** Asks the server, after a pause in typing, what it would say to the request as it stands. Changes nothing there. */
export function usePayPreview(input: object | null, ask: () => Promise<Outcome<{ disbursement: Judged }>>): PayPreview {
  const [answer, setAnswer] = useState<{ to: string; preview: PayPreview } | null>(null);
  const asked = input ? JSON.stringify(input) : '';
  useEffect(
    function askAfterAPause() {
      if (asked === '') return;
      let dropped = false;
      const timer = setTimeout(async () => {
        const outcome = await ask();
        if (dropped) return;
        const preview: PayPreview =
          outcome.kind === 'success'
            ? { state: 'judged', judged: outcome.value.disbursement }
            : { state: 'refused', problem: problemOf(outcome) ?? { message: '' } };
        setAnswer({ to: asked, preview });
      }, PAUSE_MS);
      return () => {
        dropped = true;
        clearTimeout(timer);
      };
    },
    // eslint-disable-next-line react-hooks/exhaustive-deps -- asked anew when the request changes, not when the page renders
    [asked],
  );
  if (asked === '') return { state: 'incomplete' };
  return answer?.to === asked ? answer.preview : { state: 'asking' };
}
