/** ` (did you mean 'timeout'?)` if one of the names is similar, otherwise an empty string. */
export function didYouMean(wrong: string, names: Iterable<string>, prefix = ''): string {
  let best: string | undefined;
  // Allow one difference in a short word and two in a longer one; with more, it is another word.
  let least = wrong.length < 5 ? 2 : 3;
  for (const name of names) {
    const distance = editDistance(wrong, name);
    if (distance < least) [best, least] = [name, distance];
  }
  return best === undefined ? '' : ` (did you mean '${prefix}${best}'?)`;
}

/** How many letters to insert, delete, replace or swap with their neighbour to turn one word into the other. */
function editDistance(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const now = [row];
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      now[column] = Math.min(
        (last[column] ?? 0) + 1,
        (now[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped ? (beforeLast[column - 2] ?? 0) + 1 : Infinity,
      );
    }
    [beforeLast, last] = [last, now];
  }
  return last[other.length] ?? 0;
}
