import { formatYuan, largestYuan, perMille, type Yuan } from '~/domain/money';

export type DayBar = { day: string; received: Yuan; paid: Yuan };
type Props = { days: readonly DayBar[]; label: string; receivedWord: string; paidWord: string };

const HEIGHT = 120;
const STEP = 48;

/** Two bars a day, money in and money out, on one scale. The table beside it carries the figures. */
export function DayBars({ days, label, receivedWord, paidWord }: Props) {
  const top = largestYuan(days.flatMap((day) => [day.received, day.paid]));
  const tall = (yuan: Yuan) => (perMille(yuan, top) * HEIGHT) / 1000;
  return (
    <figure className="ak-bars">
      <svg viewBox={`0 0 ${days.length * STEP} ${HEIGHT + 24}`} role="img" aria-label={label}>
        {days.map((day, index) => (
          <g key={day.day} transform={`translate(${index * STEP} 0)`}>
            <title>{`${day.day} ${receivedWord} ${formatYuan(day.received)} ${paidWord} ${formatYuan(day.paid)}`}</title>
            <rect className="ak-bar-in" x={8} width={14} y={HEIGHT - tall(day.received)} height={tall(day.received)} />
            <rect className="ak-bar-out" x={25} width={14} y={HEIGHT - tall(day.paid)} height={tall(day.paid)} />
            <line x1={0} x2={STEP} y1={HEIGHT} y2={HEIGHT} className="ak-bar-line" />
            <text x={STEP / 2} y={HEIGHT + 16} textAnchor="middle">
              {day.day.slice(5)}
            </text>
          </g>
        ))}
      </svg>
      <figcaption>
        <span className="ak-key-in" aria-hidden="true" /> {receivedWord} <span className="ak-key-out" aria-hidden="true" /> {paidWord}
        <span className="ak-muted"> ↥ {formatYuan(top)}</span>
      </figcaption>
    </figure>
  );
}
