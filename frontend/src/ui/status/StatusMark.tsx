export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'open' | 'locked';

const SHAPES: Record<Tone, string> = { plain: '●', good: '✓', warn: '▲', bad: '■', open: '○', locked: '◆' };

/** Shape, word and colour together: readable in grey print and by people who do not see the colour. */
export function StatusMark({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span className={`ak-mark ak-mark-${tone}`}>
      <span aria-hidden="true">{SHAPES[tone]}</span> {children}
    </span>
  );
}
