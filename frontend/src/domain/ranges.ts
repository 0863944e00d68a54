/** Row numbers as people list them: [3,7,12,13,14] gives "3、7、12～14". */
export function rowRanges(rows: readonly number[]): string {
  const sorted = [...rows].sort((a, b) => a - b);
  const parts: string[] = [];
  let start = 0;
  sorted.forEach((row, index) => {
    if (sorted[index + 1] === row + 1) return;
    const first = sorted[start] ?? row;
    parts.push(first === row ? String(row) : row === first + 1 ? `${first}、${row}` : `${first}～${row}`);
    start = index + 1;
  });
  return parts.join('、');
}
